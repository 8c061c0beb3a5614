-- min_compatible_app_schema: 5
-- Accounts brought along from Firebase Authentication that nobody has signed in to here yet.

-- A row waits until its person comes. Then an account of ours is made of it, and all that is left here is which
-- one: so a second import brings nobody back.
CREATE TABLE legacy_firebase_credential (
  local_id          text PRIMARY KEY CHECK (char_length(local_id) BETWEEN 1 AND 128),
  email             text CHECK (char_length(email) BETWEEN 3 AND 254),
  email_canonical   text CHECK (email_canonical = lower(email)),
  email_verified    boolean NOT NULL,
  display_name      text NOT NULL DEFAULT '' CHECK (char_length(display_name) <= 100),
  password_hash     bytea CHECK (octet_length(password_hash) BETWEEN 16 AND 256),
  salt              bytea CHECK (octet_length(salt) <= 64),
  disabled          boolean NOT NULL,
  created_at        timestamptz,
  imported_at       timestamptz NOT NULL,
  migrated_user_id  uuid REFERENCES app_user ON DELETE SET NULL,
  migrated_at       timestamptz,
  CONSTRAINT legacy_firebase_password CHECK ((password_hash IS NULL) = (salt IS NULL)),
  CONSTRAINT legacy_firebase_address CHECK ((email IS NULL) = (email_canonical IS NULL)),
  CONSTRAINT legacy_firebase_waits CHECK ((email IS NULL) = (migrated_at IS NOT NULL))
);
CREATE UNIQUE INDEX legacy_firebase_email ON legacy_firebase_credential (email_canonical);
CREATE INDEX legacy_firebase_user ON legacy_firebase_credential (migrated_user_id) WHERE migrated_user_id IS NOT NULL;

-- A password of ours, set in whichever way, ends the one from elsewhere.
CREATE FUNCTION drop_legacy_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE legacy_firebase_credential SET password_hash = NULL, salt = NULL
  WHERE migrated_user_id = NEW.user_id AND password_hash IS NOT NULL;
  RETURN NULL;
END
$$;
CREATE TRIGGER password_ends_legacy AFTER INSERT OR UPDATE ON password_credential
  FOR EACH ROW EXECUTE FUNCTION drop_legacy_password();

-- So does the first proof of a mailbox that had not been proven elsewhere either: whoever registered an address
-- there that is not theirs must not keep a way in.
CREATE FUNCTION drop_unproven_legacy_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE legacy_firebase_credential SET password_hash = NULL, salt = NULL
  WHERE migrated_user_id = NEW.id AND password_hash IS NOT NULL;
  RETURN NULL;
END
$$;
CREATE TRIGGER proof_ends_legacy AFTER UPDATE OF email_verified_at ON app_user
  FOR EACH ROW WHEN (OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL)
  EXECUTE FUNCTION drop_unproven_legacy_password();

-- And the end of the account.
CREATE FUNCTION forget_legacy_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.password_hash := NULL;
  NEW.salt := NULL;
  RETURN NEW;
END
$$;
CREATE TRIGGER account_ends_legacy BEFORE UPDATE OF migrated_user_id ON legacy_firebase_credential
  FOR EACH ROW WHEN (OLD.migrated_user_id IS NOT NULL AND NEW.migrated_user_id IS NULL)
  EXECUTE FUNCTION forget_legacy_password();

CALL grant_to_app('SELECT, INSERT, UPDATE', 'legacy_firebase_credential');
