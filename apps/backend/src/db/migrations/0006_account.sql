-- min_compatible_app_schema: 5
-- Accounts: people, how they prove who they are, and the sessions that follow from it.

CREATE TABLE app_user (
  id                 uuid PRIMARY KEY,
  email              text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
  email_canonical    text NOT NULL CHECK (email_canonical = lower(email)),
  email_verified_at  timestamptz,
  status             text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'deletion_pending')),
  display_name       text NOT NULL DEFAULT '' CHECK (char_length(display_name) <= 100),
  created_at         timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL
);
CREATE UNIQUE INDEX app_user_email ON app_user (email_canonical);

CREATE TABLE password_credential (
  user_id     uuid PRIMARY KEY REFERENCES app_user ON DELETE CASCADE,
  phc         text NOT NULL CHECK (char_length(phc) <= 200),
  is_proven   boolean NOT NULL,      -- set by someone who had proved to own the mailbox
  changed_at  timestamptz NOT NULL
);

-- Sessions of browsers and apps. The token itself is nowhere: only its SHA-256.
CREATE TABLE user_session (
  id                   uuid PRIMARY KEY,
  user_id              uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  token_hash           bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  kind                 text NOT NULL CHECK (kind IN ('web', 'ios')),
  created_at           timestamptz NOT NULL,
  last_seen_at         timestamptz NOT NULL,
  idle_expires_at      timestamptz NOT NULL,
  absolute_expires_at  timestamptz NOT NULL,
  elevated_until       timestamptz,
  revoked_at           timestamptz,
  revoke_reason        text,
  user_agent           text NOT NULL DEFAULT '' CHECK (char_length(user_agent) <= 256),
  ip_hash              bytea,
  app_version          text NOT NULL DEFAULT '' CHECK (char_length(app_version) <= 50),
  device_label         text NOT NULL DEFAULT '' CHECK (char_length(device_label) <= 100),
  CONSTRAINT user_session_revoked CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX user_session_token ON user_session (token_hash);
CREATE INDEX user_session_by_user ON user_session (user_id, last_seen_at DESC);
CREATE INDEX user_session_ended ON user_session (absolute_expires_at);

-- Tokens that scripts use in a person's name, within scopes.
CREATE TABLE api_token (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  token_hash    bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  scopes        text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 20),
  created_at    timestamptz NOT NULL,
  last_used_at  timestamptz,
  expires_at    timestamptz,
  revoked_at    timestamptz
);
CREATE UNIQUE INDEX api_token_hash ON api_token (token_hash);
CREATE INDEX api_token_by_user ON api_token (user_id, created_at DESC);

-- What is sent by mail and comes back once: magic links and codes, resets, verifications.
CREATE TABLE auth_token (
  id               uuid PRIMARY KEY,
  purpose          text NOT NULL
    CHECK (purpose IN ('magic_link', 'password_reset', 'email_verification', 'email_change')),
  user_id          uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  email_canonical  text NOT NULL,
  request_id       uuid NOT NULL,         -- of the request that asked; binds the code to who asked
  token_hash       bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  code_hash        bytea CHECK (octet_length(code_hash) = 32),
  code_tries       smallint NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  consumed_at      timestamptz,
  superseded_at    timestamptz
);
CREATE UNIQUE INDEX auth_token_hash ON auth_token (token_hash);
CREATE UNIQUE INDEX auth_token_request ON auth_token (request_id);
CREATE INDEX auth_token_open ON auth_token (user_id, purpose) WHERE consumed_at IS NULL AND superseded_at IS NULL;
CREATE INDEX auth_token_ended ON auth_token (expires_at);

-- Requests for mail, written before anybody looks whether the address is known: the answer takes as long for
-- an unknown one. The worker looks.
CREATE TABLE auth_mail_request (
  id               uuid PRIMARY KEY,
  purpose          text NOT NULL
    CHECK (purpose IN ('magic_link', 'password_reset', 'email_verification', 'registration', 'email_change',
                       'password_changed')),
  email            text NOT NULL,
  email_canonical  text NOT NULL,
  user_id          uuid,                  -- of the signed-in person who asked, where that is needed
  locale           text NOT NULL DEFAULT 'en',
  created_at       timestamptz NOT NULL,
  processed_at     timestamptz
);
CREATE INDEX auth_mail_request_recent ON auth_mail_request (email_canonical, purpose, created_at DESC);

CREATE TABLE invite (
  id           uuid PRIMARY KEY,
  created_by   uuid REFERENCES app_user ON DELETE CASCADE,
  code_hash    bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  note         text NOT NULL DEFAULT '' CHECK (char_length(note) <= 200),
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  revoked_at   timestamptz,
  redeemed_at  timestamptz,
  redeemed_by  uuid REFERENCES app_user ON DELETE SET NULL
);
CREATE UNIQUE INDEX invite_code ON invite (code_hash);
CREATE INDEX invite_by_creator ON invite (created_by, created_at DESC);

-- Counters of rate limits. Unlogged: a crash empties them, which a limit survives. Keys are keyed hashes.
CREATE UNLOGGED TABLE rate_counter (
  key           bytea NOT NULL,
  window_start  timestamptz NOT NULL,
  count         integer NOT NULL,
  PRIMARY KEY (key, window_start)
) WITH (fillfactor = 70);
CREATE INDEX rate_counter_old ON rate_counter (window_start);

CALL grant_to_app('SELECT, INSERT, UPDATE, DELETE', 'app_user', 'password_credential', 'user_session', 'api_token',
                  'auth_token', 'auth_mail_request', 'invite', 'rate_counter');
