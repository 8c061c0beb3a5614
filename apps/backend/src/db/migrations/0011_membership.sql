-- min_compatible_app_schema: 5
-- Membership, buddy passes, events of providers.

-- What one source (a provider, a buddy pass) says of a person's membership. The newest word counts, in the order in which
-- the source says that things happened, not in that of their arrival.
CREATE TABLE membership (
  user_id     uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  source      text NOT NULL CHECK (source ~ '^[a-z0-9_]{1,32}$'),
  state       text NOT NULL CHECK (state IN ('none', 'active', 'grace', 'expired')),
  until       timestamptz,               -- NULL: no end is known
  event_at    timestamptz NOT NULL,
  event_seq   bigint NOT NULL DEFAULT 0 CHECK (event_seq >= 0),  -- among events of one moment
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (user_id, source)
);

-- Events that have been taken, so that a second delivery does nothing. No person is named.
CREATE TABLE membership_event (
  provider     text NOT NULL,
  event_id     text NOT NULL CHECK (char_length(event_id) BETWEEN 1 AND 128),
  received_at  timestamptz NOT NULL,
  PRIMARY KEY (provider, event_id)
);
CREATE INDEX membership_event_old ON membership_event (received_at);

-- Passes that members give away. The code itself is nowhere: only its SHA-256.
CREATE TABLE buddy_pass (
  id           uuid PRIMARY KEY,
  issued_by    uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  days         integer NOT NULL CHECK (days BETWEEN 1 AND 366),
  code_hash    bytea CHECK (octet_length(code_hash) = 32),
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  shared_at    timestamptz,
  revoked_at   timestamptz,
  redeemed_at  timestamptz,
  redeemed_by  uuid REFERENCES app_user ON DELETE SET NULL,
  CONSTRAINT buddy_pass_shared CHECK ((code_hash IS NULL) = (shared_at IS NULL)),
  CONSTRAINT buddy_pass_ended CHECK (revoked_at IS NULL OR redeemed_at IS NULL),
  CONSTRAINT buddy_pass_own CHECK (redeemed_by IS DISTINCT FROM issued_by)
);
CREATE UNIQUE INDEX buddy_pass_code ON buddy_pass (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX buddy_pass_by_issuer ON buddy_pass (issued_by, created_at DESC);
CREATE INDEX buddy_pass_by_buddy ON buddy_pass (redeemed_by) WHERE redeemed_by IS NOT NULL;

CALL grant_to_app('SELECT, INSERT, UPDATE, DELETE', 'membership', 'buddy_pass');
CALL grant_to_app('SELECT, INSERT, DELETE', 'membership_event');
