-- min_compatible_app_schema: 5
-- A person's own danger in place of the official one, and its history.

SELECT 1;
