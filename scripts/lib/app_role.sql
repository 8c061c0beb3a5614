-- The role that the grants of a backup name, on a server that does not have it yet: as migration 0001 makes it.
DO $$
BEGIN
  IF to_regrole('aspectavy_app') IS NULL THEN
    CREATE ROLE aspectavy_app NOLOGIN NOINHERIT;
  END IF;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
     AND NOT pg_has_role(current_user, 'aspectavy_app', 'MEMBER') THEN
    EXECUTE format('GRANT aspectavy_app TO %I', current_user);
  END IF;
END
$$;
