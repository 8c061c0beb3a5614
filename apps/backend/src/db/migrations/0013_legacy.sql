-- min_compatible_app_schema: 5
-- Accounts brought along from elsewhere.

SELECT 1;
