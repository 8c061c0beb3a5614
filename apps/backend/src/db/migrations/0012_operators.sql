-- min_compatible_app_schema: 5
-- Operators, their sessions, and the audit of what they do.

SELECT 1;
