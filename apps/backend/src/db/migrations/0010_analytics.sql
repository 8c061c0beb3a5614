-- min_compatible_app_schema: 5
-- Events that wait to be relayed. Nothing in here names a person: the installation is a pseudonym of one day.

CREATE TABLE analytics_outbox (
  id           uuid PRIMARY KEY,          -- in the order of receipt
  visitor      text NOT NULL CHECK (char_length(visitor) BETWEEN 1 AND 32),
  session_id   text NOT NULL CHECK (char_length(session_id) BETWEEN 1 AND 36),
  system       jsonb NOT NULL,
  events       jsonb NOT NULL CHECK (jsonb_typeof(events) = 'array'),
  received_at  timestamptz NOT NULL,
  attempts     smallint NOT NULL DEFAULT 0
);
CREATE INDEX analytics_outbox_next ON analytics_outbox (attempts, id);

-- How the service last answered: after a failure nobody asks again before `not_before`.
CREATE TABLE analytics_relay (
  one         boolean PRIMARY KEY DEFAULT true CHECK (one),
  not_before  timestamptz,
  failures    integer NOT NULL DEFAULT 0
);
INSERT INTO analytics_relay DEFAULT VALUES;

CALL grant_to_app('SELECT, INSERT, UPDATE, DELETE', 'analytics_outbox');
CALL grant_to_app('SELECT, UPDATE', 'analytics_relay');
