-- The role that the grants of a backup name, on a server that does not have it yet: as migration 0001 makes it.
DO $$
DECLARE
  -- What SET ROLE needs; since PostgreSQL 16 being a member is not enough, and the creator of a role is only that.
  needed constant text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
  IF to_regrole('aspectavy_app') IS NULL THEN
    CREATE ROLE aspectavy_app NOLOGIN NOINHERIT;
  END IF;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
     AND NOT pg_has_role(current_user, 'aspectavy_app', needed) THEN
    EXECUTE format('GRANT aspectavy_app TO %I', current_user);
  END IF;
END
$$;
