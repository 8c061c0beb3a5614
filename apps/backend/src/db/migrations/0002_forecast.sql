-- Official forecasts as fetched, as read, and as served. Everything that came from a provider is append-only.

-- One row per feed: the only thing here that is overwritten on every sync.
CREATE TABLE provider_state (
  provider text PRIMARY KEY CHECK (length(provider) BETWEEN 1 AND 64),
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
  last_attempt_at timestamptz NOT NULL,
  last_good_at timestamptz,
  last_change_at timestamptz,
  last_error text CHECK (length(last_error) <= 1000),
  failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0)
);

-- Bodies by content: a feed that answers the same bytes a hundred times a day is kept once.
CREATE TABLE forecast_body (
  sha256 bytea PRIMARY KEY CHECK (length(sha256) = 32),
  body bytea NOT NULL,
  stored_at timestamptz NOT NULL
);

CREATE TABLE forecast_fetch (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 64),
  url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
  requested_at timestamptz NOT NULL,
  status integer,                       -- NULL: no answer
  etag text,
  last_modified text,
  body_sha256 bytea REFERENCES forecast_body,
  trailing_bytes bigint NOT NULL DEFAULT 0 CHECK (trailing_bytes >= 0),
  error text CHECK (length(error) <= 1000),
  reader_version integer NOT NULL,      -- a newer reader reads an unchanged body again
  took_ms bigint NOT NULL CHECK (took_ms >= 0)
);
-- The last good answer of an address: its validators and its hash.
CREATE INDEX forecast_fetch_good ON forecast_fetch (url, id DESC) WHERE error IS NULL AND body_sha256 IS NOT NULL;

-- The zones of one source as they were drawn at one time. A redrawn zone is a new set; the newest set of each
-- source that is not younger than a moment is what was known at that moment.
CREATE TABLE zone_set (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 64),
  source text NOT NULL CHECK (length(source) BETWEEN 1 AND 2000),
  content_sha256 text NOT NULL CHECK (length(content_sha256) = 64),
  fetch_id bigint NOT NULL REFERENCES forecast_fetch,
  stored_at timestamptz NOT NULL
);
CREATE INDEX zone_set_newest ON zone_set (source, id DESC);

CREATE TABLE zone_shape (
  zone_set_id bigint NOT NULL REFERENCES zone_set,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  zone_key text NOT NULL CHECK (length(zone_key) BETWEEN 1 AND 128),
  name text NOT NULL,
  time_zone text NOT NULL,
  link text NOT NULL,
  valid_from date,
  valid_to date,
  geometry text NOT NULL,               -- a GeoJSON MultiPolygon, served as it is
  upper_from_m integer, upper_to_m integer,
  middle_from_m integer, middle_to_m integer,
  PRIMARY KEY (zone_set_id, ordinal),
  CHECK ((upper_from_m IS NULL) = (upper_to_m IS NULL) AND (middle_from_m IS NULL) = (middle_to_m IS NULL))
);

-- What bulletins call the zones, where the shapes carry ids only.
CREATE TABLE zone_name (
  provider text NOT NULL,
  zone_key text NOT NULL CHECK (length(zone_key) BETWEEN 1 AND 128),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
  PRIMARY KEY (provider, zone_key)
);

-- A product as read. Never changed: a corrected product is a new row of the same family (same provider, type,
-- zones and first day) that supersedes the one before.
CREATE TABLE forecast (
  id uuid PRIMARY KEY,
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 64),
  product_id text NOT NULL,
  type text NOT NULL,
  family text NOT NULL CHECK (length(family) = 64),
  revision integer NOT NULL CHECK (revision >= 1),
  supersedes uuid UNIQUE REFERENCES forecast,
  issued_at timestamptz NOT NULL,
  valid_from timestamptz NOT NULL,
  expires_at timestamptz,
  content_sha256 text NOT NULL CHECK (length(content_sha256) = 64),
  normalised text NOT NULL,             -- JSON: the exact model
  rendered text NOT NULL,               -- JSON: as served
  fetch_id bigint NOT NULL REFERENCES forecast_fetch,
  stored_at timestamptz NOT NULL,
  UNIQUE (family, revision),
  CHECK ((revision = 1) = (supersedes IS NULL))
);
CREATE INDEX forecast_by_expiry ON forecast (expires_at);
CREATE INDEX forecast_by_issue ON forecast (provider, issued_at DESC);

CREATE TABLE forecast_zone (
  zone_key text NOT NULL CHECK (length(zone_key) BETWEEN 1 AND 128),
  forecast_id uuid NOT NULL REFERENCES forecast,
  PRIMARY KEY (zone_key, forecast_id)
);
CREATE INDEX forecast_zone_by_forecast ON forecast_zone (forecast_id);

CREATE TABLE forecast_quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  fetch_id bigint NOT NULL REFERENCES forecast_fetch,
  path text NOT NULL,
  product_id text NOT NULL,
  reason text NOT NULL,
  seen_at timestamptz NOT NULL
);
CREATE INDEX forecast_quarantine_recent ON forecast_quarantine (provider, seen_at DESC);

-- Values that no build knew when they came.
CREATE TABLE forecast_drift (
  provider text NOT NULL,
  path text NOT NULL CHECK (length(path) <= 300),
  value text NOT NULL CHECK (length(value) <= 300),
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  times bigint NOT NULL DEFAULT 1 CHECK (times >= 1),
  PRIMARY KEY (provider, path, value)
);

-- One row: counts committed changes, so that a reader can tell whether what it holds is the state of now. The
-- row lock puts the commits of concurrent syncs in order.
CREATE TABLE forecast_change (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  counter bigint NOT NULL DEFAULT 0
);
INSERT INTO forecast_change DEFAULT VALUES;

CALL grant_to_app('SELECT, UPDATE', 'forecast_change');
CALL grant_to_app('SELECT, INSERT', 'forecast_body', 'forecast_fetch', 'zone_set', 'zone_shape', 'forecast',
                  'forecast_zone', 'forecast_quarantine');
CALL grant_to_app('SELECT, INSERT, UPDATE', 'provider_state', 'zone_name', 'forecast_drift');
