-- min_compatible_app_schema: 5
-- What belongs to a person beside the account: profile, settings, contacts, devices, exports, deletion.

SELECT 1;
