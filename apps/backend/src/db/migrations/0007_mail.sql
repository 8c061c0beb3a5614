-- min_compatible_app_schema: 5
-- The outbox: mail that the worker delivers.

-- Written in the transaction of what a mail tells of. Address and content lie sealed, and are wiped when the mail was
-- sent or given up: what stays says that there was one, and what became of it.
CREATE TABLE mail_outbox (
  id               uuid PRIMARY KEY,      -- also makes the Message-ID, the same at every attempt
  kind             text NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 40),
  user_id          uuid REFERENCES app_user ON DELETE CASCADE,
  to_masked        text NOT NULL CHECK (char_length(to_masked) <= 254),
  sealed_payload   bytea,
  state            text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed', 'expired', 'cancelled')),
  attempts         smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_attempt_at  timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  last_code        integer,               -- of the server's answer
  last_error       text CHECK (char_length(last_error) <= 300),
  created_at       timestamptz NOT NULL,
  finished_at      timestamptz,
  CONSTRAINT mail_outbox_finished CHECK ((finished_at IS NULL) = (state = 'waiting')),
  CONSTRAINT mail_outbox_content CHECK (state <> 'waiting' OR sealed_payload IS NOT NULL)
);
CREATE INDEX mail_outbox_waiting ON mail_outbox (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX mail_outbox_finished_at ON mail_outbox (finished_at) WHERE state <> 'waiting';
CREATE INDEX mail_outbox_by_user ON mail_outbox (user_id, created_at DESC);

-- When somebody last asked for a mail of a kind to an address: one in a minute is sent. Keys are keyed hashes.
-- Unlogged: a crash empties it, which does no harm.
CREATE UNLOGGED TABLE auth_mail_slot (
  key       bytea PRIMARY KEY,
  taken_at  timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX auth_mail_slot_old ON auth_mail_slot (taken_at);

-- Tries of a code are counted with the request, which is there for every address: how long a try takes must not show
-- which ones are known.
ALTER TABLE auth_mail_request ADD COLUMN code_tries smallint NOT NULL DEFAULT 0;
ALTER TABLE auth_token DROP COLUMN code_tries;

-- For the pruning of what ended long ago.
CREATE INDEX user_session_revoked ON user_session (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX auth_mail_request_old ON auth_mail_request (created_at);

CALL grant_to_app('SELECT, INSERT, UPDATE, DELETE', 'mail_outbox', 'auth_mail_slot');
