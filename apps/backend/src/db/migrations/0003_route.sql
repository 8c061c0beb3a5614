-- Routes and their assessments.

CREATE TABLE route (
  id                uuid PRIMARY KEY,
  owner_id          uuid NOT NULL,
  name              text NOT NULL CHECK (char_length(name) <= 200),
  line              bytea NOT NULL,             -- geo::encode_line
  point_count       integer NOT NULL CHECK (point_count BETWEEN 2 AND 20000),
  length_m          double precision NOT NULL CHECK (length_m >= 0),
  extent            box NOT NULL,               -- lon/lat; finds the routes that a changed zone touches
  revision          integer NOT NULL DEFAULT 1,
  idempotency_key   text CHECK (char_length(idempotency_key) BETWEEN 1 AND 255),
  request_sha256    bytea NOT NULL,             -- what a repeated create is compared with
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  deleted_at        timestamptz,                -- tombstone: the row stays, its content is erased
  -- Facts of the newest assessment, so that reading a route needs no second table.
  assessed_seq          integer,
  assessed_grade        text,
  assessed_basis        text,                   -- set with assessed_seq
  assessed_at           timestamptz,
  assessed_valid_from   timestamptz,
  assessed_valid_until  timestamptz
);

-- A retry with the same key finds the route it already made.
CREATE UNIQUE INDEX route_idempotency_key ON route (owner_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX route_by_owner ON route (owner_id, created_at DESC, id) WHERE deleted_at IS NULL;
CREATE INDEX route_outdated ON route (assessed_valid_until) WHERE deleted_at IS NULL;
-- Routes whose answer rests on other rules or terrain than those of now.
CREATE INDEX route_by_basis ON route (assessed_basis) WHERE deleted_at IS NULL;
CREATE INDEX route_by_extent ON route USING gist (extent) WHERE deleted_at IS NULL;

CREATE TABLE route_assessment (
  route_id        uuid NOT NULL REFERENCES route ON DELETE CASCADE,
  seq             integer NOT NULL,             -- 1 for a route's first assessment, then counting up
  route_revision  integer NOT NULL,
  computed_at     timestamptz NOT NULL,
  valid_from      timestamptz NOT NULL,         -- the answer holds for valid_from <= now < valid_until
  valid_until     timestamptz NOT NULL,
  grade           text NOT NULL CHECK (grade IN ('red', 'orange', 'green', 'unknown')),
  basis           text NOT NULL CHECK (length(basis) = 64),  -- SHA-256 over engine, rules, terrain, band heights
  inputs_sha256   text NOT NULL,                -- equal inputs give equal bytes: a repeat is not stored again
  body            text NOT NULL,                -- the assessment as served: text, never parsed in SQL
  changes         text,                         -- what differs from seq - 1, as served
  PRIMARY KEY (route_id, seq)
);

-- The route's compile failed for good, and none has been asked for since.
CREATE FUNCTION compile_has_failed(route_id uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM job WHERE unique_key = 'route.compile:' || route_id AND state = 'discarded')
     AND NOT EXISTS (SELECT FROM job WHERE unique_key = 'route.compile:' || route_id
                     AND state IN ('available', 'retryable'))
     AND NOT EXISTS (SELECT FROM job WHERE unique_key = 'route.compile:' || route_id AND state = 'running')
$$;

-- No compile of the route waits or runs, and none has failed for good since then.
CREATE FUNCTION nobody_compiles(route_id uuid, failed_since timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM job WHERE unique_key = 'route.compile:' || route_id
                     AND state IN ('available', 'retryable'))
     AND NOT EXISTS (SELECT FROM job WHERE unique_key = 'route.compile:' || route_id AND state = 'running')
     AND NOT EXISTS (SELECT FROM job WHERE unique_key = 'route.compile:' || route_id AND state = 'discarded'
                     AND finished_at > failed_since)
$$;

CALL grant_to_app('SELECT, INSERT, UPDATE', 'route');
-- Assessments are history: written once. Only erasing a route's content removes them.
CALL grant_to_app('SELECT, INSERT, DELETE', 'route_assessment');
