-- min_compatible_app_schema: 3
-- What operators and monitoring ask about the running of the service itself.

-- One row for each backup that was verified and stored. Scripts write it as the owner after the fact; the api
-- reads it so that an alert can ask when the last good backup was made.
CREATE TABLE ops_backup_receipt (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  target          text NOT NULL CHECK (length(target) BETWEEN 1 AND 64),
  finished_at     timestamptz NOT NULL DEFAULT now(),
  file_name       text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 255),
  bytes           bigint NOT NULL CHECK (bytes > 0),
  sha256          text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  schema_version  integer NOT NULL CHECK (schema_version > 0),
  duration_ms     bigint NOT NULL CHECK (duration_ms >= 0)
);

CREATE INDEX ops_backup_receipt_newest ON ops_backup_receipt (target, finished_at DESC);

-- Failed syncs since the feed was first tried. `failures` beside it counts those in a row.
ALTER TABLE provider_state ADD COLUMN failures_total bigint NOT NULL DEFAULT 0;

CALL grant_to_app('SELECT', 'ops_backup_receipt');
