-- min_compatible_app_schema: 5
-- Membership, buddy passes, events of providers.

SELECT 1;
