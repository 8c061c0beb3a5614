-- min_compatible_app_schema: 5
-- What belongs to a person beside the account: profile, settings, contacts, devices, exports, deletion.
-- Every table here is named in src/user/owned_tables.cpp, which says how it is exported and purged.

-- Made at the first change; until then the defaults hold. The display name lies in app_user.
CREATE TABLE user_profile (
  user_id      uuid PRIMARY KEY REFERENCES app_user ON DELETE CASCADE,
  revision     integer NOT NULL CHECK (revision >= 1),
  locale       text NOT NULL CHECK (char_length(locale) BETWEEN 2 AND 35),
  units        text NOT NULL CHECK (units IN ('metric', 'imperial')),
  time_zone    text NOT NULL CHECK (char_length(time_zone) <= 64),     -- IANA; '': the device's
  home_region  text NOT NULL CHECK (char_length(home_region) <= 100),
  updated_at   timestamptz NOT NULL
);

-- The picture lies in object storage under avatars/<object_id>.
CREATE TABLE user_avatar (
  user_id       uuid PRIMARY KEY REFERENCES app_user ON DELETE CASCADE,
  object_id     uuid NOT NULL,
  content_type  text NOT NULL CHECK (content_type IN ('image/png', 'image/jpeg')),
  width         integer NOT NULL CHECK (width BETWEEN 1 AND 512),
  height        integer NOT NULL CHECK (height BETWEEN 1 AND 512),
  bytes         integer NOT NULL CHECK (bytes > 0),
  updated_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX user_avatar_object ON user_avatar (object_id);

-- Only what a person chose; everything else has the default of src/user/setting_table.cpp.
CREATE TABLE user_setting (
  user_id     uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  key         text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 64),
  value       jsonb NOT NULL,
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (user_id, key)
);

CREATE TABLE favourite_zone (
  user_id   uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  zone_id   text NOT NULL CHECK (char_length(zone_id) BETWEEN 1 AND 100),
  position  integer NOT NULL CHECK (position >= 0),
  added_at  timestamptz NOT NULL,
  PRIMARY KEY (user_id, zone_id)
);

CREATE TABLE safety_contact (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  revision    integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
  name        text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  relation    text NOT NULL CHECK (char_length(relation) <= 50),
  email       text NOT NULL CHECK (char_length(email) <= 254),
  phone       text NOT NULL CHECK (phone ~ '^(\+?[0-9]{3,15})?$'),
  note        text NOT NULL CHECK (char_length(note) <= 500),
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  CONSTRAINT safety_contact_reachable CHECK (email <> '' OR phone <> '')
);
CREATE INDEX safety_contact_by_user ON safety_contact (user_id, created_at, id);

-- Devices that asked for push messages. A device lives as long as the session that registered it: whoever signs
-- out, or is signed out, gets no more messages there.
CREATE TABLE push_device (
  id                  uuid PRIMARY KEY,
  user_id             uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  session_id          uuid NOT NULL REFERENCES user_session ON DELETE CASCADE,
  platform            text NOT NULL CHECK (platform IN ('ios')),
  environment         text NOT NULL CHECK (environment IN ('production', 'sandbox')),
  topic               text NOT NULL CHECK (char_length(topic) BETWEEN 1 AND 155),
  token_hash          bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  token_sealed        bytea NOT NULL,
  app_version         text NOT NULL DEFAULT '' CHECK (char_length(app_version) <= 50),
  created_at          timestamptz NOT NULL,
  last_registered_at  timestamptz NOT NULL,
  disabled_at         timestamptz,
  disable_reason      text CHECK (char_length(disable_reason) <= 100),
  CONSTRAINT push_device_disabled CHECK ((disabled_at IS NULL) = (disable_reason IS NULL))
);
CREATE UNIQUE INDEX push_device_token ON push_device (token_hash);
CREATE INDEX push_device_by_user ON push_device (user_id, last_registered_at DESC);
CREATE INDEX push_device_by_session ON push_device (session_id);

CREATE FUNCTION forget_push_devices_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM push_device WHERE session_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER user_session_revoked_forgets_devices
  AFTER UPDATE OF revoked_at ON user_session FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
  EXECUTE FUNCTION forget_push_devices_of_session();

-- What a POST with an Idempotency-Key has made, so that its retry makes no second one. Written in the transaction
-- of the effect.
CREATE TABLE user_request (
  user_id         uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  key             text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
  request_sha256  bytea NOT NULL CHECK (octet_length(request_sha256) = 32),
  object_id       uuid NOT NULL,
  created_at      timestamptz NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX user_request_old ON user_request (created_at);

-- Archives of everything that belongs to a person, made by the worker.
CREATE TABLE data_export (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  state         text NOT NULL CHECK (state IN ('queued', 'ready', 'failed', 'expired')),
  requested_at  timestamptz NOT NULL,
  finished_at   timestamptz,
  expires_at    timestamptz,               -- of the archive
  bytes         bigint,
  sha256        text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  failure       text CHECK (char_length(failure) <= 200),
  CONSTRAINT data_export_ready
    CHECK (state <> 'ready' OR (expires_at IS NOT NULL AND bytes IS NOT NULL AND sha256 IS NOT NULL))
);
CREATE INDEX data_export_by_user ON data_export (user_id, requested_at DESC);
CREATE INDEX data_export_open ON data_export (requested_at) WHERE state = 'queued';
CREATE INDEX data_export_expiring ON data_export (expires_at) WHERE state = 'ready';

-- An archive lies in object storage in parts, exports/<object_id> each: one object may be too small for it.
CREATE TABLE data_export_part (
  export_id  uuid NOT NULL REFERENCES data_export ON DELETE CASCADE,
  seq        integer NOT NULL CHECK (seq >= 0),
  object_id  uuid NOT NULL,
  bytes      integer NOT NULL CHECK (bytes > 0),
  PRIMARY KEY (export_id, seq)
);
CREATE UNIQUE INDEX data_export_part_object ON data_export_part (object_id);

-- A person's wish to be forgotten. The token that cancels it is mailed; only its SHA-256 is here.
CREATE TABLE account_deletion (
  user_id           uuid PRIMARY KEY REFERENCES app_user ON DELETE CASCADE,
  requested_at      timestamptz NOT NULL,
  purge_at          timestamptz NOT NULL,
  cancel_hash       bytea NOT NULL CHECK (octet_length(cancel_hash) = 32),
  cancelled_at      timestamptz,
  purge_started_at  timestamptz,
  CONSTRAINT account_deletion_once CHECK (cancelled_at IS NULL OR purge_started_at IS NULL)
);
CREATE UNIQUE INDEX account_deletion_cancel ON account_deletion (cancel_hash);
CREATE INDEX account_deletion_due ON account_deletion (purge_at) WHERE cancelled_at IS NULL;

-- Tombstones: whom we have forgotten, so that a restored backup forgets them again. Ids and counts, nothing else.
CREATE TABLE deleted_user (
  id         uuid PRIMARY KEY,
  at         timestamptz NOT NULL,
  purged_at  timestamptz,                  -- empty: rows may be left
  removed    jsonb NOT NULL DEFAULT '{}'   -- rows by table
);
CREATE INDEX deleted_user_open ON deleted_user (at) WHERE purged_at IS NULL;

CALL grant_to_app('SELECT, INSERT, UPDATE, DELETE', 'user_profile', 'user_avatar', 'user_setting', 'favourite_zone',
                  'safety_contact', 'push_device', 'user_request', 'data_export', 'data_export_part', 'account_deletion');
CALL grant_to_app('SELECT, INSERT, UPDATE', 'deleted_user');
-- Only the purge of a person removes the rows themselves.
CALL grant_to_app('DELETE', 'route');
