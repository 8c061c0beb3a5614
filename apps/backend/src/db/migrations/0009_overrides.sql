-- min_compatible_app_schema: 5
-- A person's own danger in place of the official one, and its history.

CREATE TABLE forecast_override (
  id                uuid PRIMARY KEY,           -- of this setting; setting it anew makes another one
  user_id           uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  zone_key          text NOT NULL CHECK (length(zone_key) BETWEEN 1 AND 128),
  zone_name         text NOT NULL,
  provider          text NOT NULL CHECK (length(provider) BETWEEN 1 AND 64),
  revision          integer NOT NULL CHECK (revision >= 1),
  reason            text NOT NULL CHECK (char_length(reason) BETWEEN 10 AND 500),
  base_forecast_id  uuid NOT NULL,
  known_forecasts   text NOT NULL,              -- ids of all that were known for the zone then: another one ends it
  danger            text NOT NULL,              -- JSON: forecast::overlay_to_json
  lowers            boolean NOT NULL,           -- some value was below the official one, and the person said to know
  set_at            timestamptz NOT NULL,
  ends_at           timestamptz NOT NULL CHECK (ends_at > set_at),
  official          text NOT NULL               -- JSON, as served: the official values when it was set
);
CREATE UNIQUE INDEX forecast_override_of_zone ON forecast_override (user_id, zone_key);

-- Every change, with what was official at that moment. Written once; it goes with the account only.
CREATE TABLE forecast_override_history (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id           uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
  at                timestamptz NOT NULL,
  action            text NOT NULL CHECK (action IN ('put', 'delete', 'lapsed')),
  cause             text CHECK (cause IN ('ended', 'new_forecast')),
  override_id       uuid NOT NULL,
  zone_key          text NOT NULL,
  zone_name         text NOT NULL,
  provider          text NOT NULL,
  revision          integer NOT NULL,
  reason            text NOT NULL,
  base_forecast_id  uuid NOT NULL,
  danger            text NOT NULL,
  lowers            boolean NOT NULL,
  set_at            timestamptz NOT NULL,
  ends_at           timestamptz NOT NULL,
  official          text NOT NULL,              -- JSON, as served: the official values at `at`
  CHECK ((action = 'lapsed') = (cause IS NOT NULL))
);
CREATE INDEX forecast_override_history_of_user ON forecast_override_history (user_id, id DESC);
CREATE UNIQUE INDEX forecast_override_history_revision ON forecast_override_history (user_id, zone_key, revision);

-- What of a stored grade rests on overrides, so that no reader shows one whose override is gone.
ALTER TABLE route ADD COLUMN assessed_official_grade text;    -- set exactly where overrides count
ALTER TABLE route ADD COLUMN assessed_override_ids uuid[];    -- likewise
-- Counts what makes a grade in the making void: a forecast or an override that touches the route has changed.
ALTER TABLE route ADD COLUMN conditions_changed integer NOT NULL DEFAULT 0;
ALTER TABLE route_assessment ADD COLUMN official_grade text;

-- Every override that the route's newest assessment rests on is still there.
CREATE FUNCTION overrides_stand(owner uuid, override_ids uuid[]) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT override_ids IS NULL
      OR (SELECT count(*) FROM forecast_override WHERE user_id = owner AND id = ANY (override_ids))
         = cardinality(override_ids)
$$;

CALL grant_to_app('SELECT, INSERT, UPDATE, DELETE', 'forecast_override');
CALL grant_to_app('SELECT, INSERT', 'forecast_override_history');
