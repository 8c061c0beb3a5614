-- min_compatible_app_schema: 5
-- Operators, their sessions, and the audit of what they do.

-- People who run the service. Apart from app_user: no way leads from an account of the product to one of these.
CREATE TABLE operator (
  id               uuid PRIMARY KEY,
  email            text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
  email_canonical  text NOT NULL CHECK (email_canonical = lower(email)),
  scopes           text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 30),
  phc              text NOT NULL CHECK (char_length(phc) <= 200),
  totp_sealed      bytea NOT NULL,
  totp_last_step   bigint NOT NULL DEFAULT 0,      -- of the newest code that was accepted: no step counts twice
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  last_sign_in_at  timestamptz,
  disabled_at      timestamptz
);
CREATE UNIQUE INDEX operator_email ON operator (email_canonical);

-- For who has lost the device; each once.
CREATE TABLE operator_recovery_code (
  operator_id  uuid NOT NULL REFERENCES operator ON DELETE CASCADE,
  position     integer NOT NULL CHECK (position BETWEEN 1 AND 10),
  phc          text NOT NULL CHECK (char_length(phc) <= 200),
  used_at      timestamptz,
  PRIMARY KEY (operator_id, position)
);

CREATE TABLE operator_session (
  id                   uuid PRIMARY KEY,
  operator_id          uuid NOT NULL REFERENCES operator ON DELETE CASCADE,
  token_hash           bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  created_at           timestamptz NOT NULL,
  last_seen_at         timestamptz NOT NULL,
  idle_expires_at      timestamptz NOT NULL,
  absolute_expires_at  timestamptz NOT NULL,
  elevated_until       timestamptz,
  revoked_at           timestamptz,
  revoke_reason        text,
  CONSTRAINT operator_session_revoked CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
);
CREATE UNIQUE INDEX operator_session_token ON operator_session (token_hash);
CREATE INDEX operator_session_by_operator ON operator_session (operator_id);

-- Who did what. Rows are only ever added; each holds the hash of the one before it (src/audit/audit.hpp). Ids, never
-- what belongs to a person: erasing a person must not touch the chain.
CREATE TABLE audit_event (
  seq          bigint PRIMARY KEY CHECK (seq > 0),   -- without gaps, given by the writer under a lock
  at           timestamptz NOT NULL,
  actor_type   text NOT NULL CHECK (actor_type IN ('operator', 'cli', 'user', 'system')),
  actor_id     text NOT NULL CHECK (char_length(actor_id) BETWEEN 1 AND 100),
  action       text NOT NULL CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$' AND char_length(action) <= 100),
  object_type  text NOT NULL DEFAULT '' CHECK (char_length(object_type) <= 50),
  object_id    text NOT NULL DEFAULT '' CHECK (char_length(object_id) <= 100),
  request_id   text NOT NULL DEFAULT '' CHECK (char_length(request_id) <= 64),
  ip_hash      bytea NOT NULL DEFAULT '' CHECK (octet_length(ip_hash) <= 32),
  details      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object' AND octet_length(details::text) <= 4096),
  prev_hash    bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
  row_hash     bytea NOT NULL CHECK (octet_length(row_hash) = 32)
);
CREATE INDEX audit_event_by_object ON audit_event (object_id, seq);

-- The grant below keeps the application's role from it; this keeps everybody else from it who does not mean to.
CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_event is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();

-- Operators look people up by the beginning of their address.
CREATE INDEX app_user_email_prefix ON app_user (email_canonical text_pattern_ops);

CALL grant_to_app('SELECT, INSERT', 'audit_event');
CALL grant_to_app('SELECT, INSERT, UPDATE', 'operator');
CALL grant_to_app('SELECT, INSERT, UPDATE, DELETE', 'operator_session', 'operator_recovery_code');
