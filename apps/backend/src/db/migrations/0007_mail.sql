-- min_compatible_app_schema: 5
-- The outbox: mail that the worker delivers.

SELECT 1;
