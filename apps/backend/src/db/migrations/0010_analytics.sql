-- min_compatible_app_schema: 5
-- Events that wait to be relayed.

SELECT 1;
