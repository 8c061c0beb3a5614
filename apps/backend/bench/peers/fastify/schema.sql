-- The peer's tables, as a Fastify service would have them: documents in jsonb.
CREATE SCHEMA IF NOT EXISTS peer;
CREATE TABLE IF NOT EXISTS peer.forecast (
  id uuid PRIMARY KEY, provider text NOT NULL, issued_at timestamptz NOT NULL, body jsonb NOT NULL);
CREATE TABLE IF NOT EXISTS peer.route (
  id uuid PRIMARY KEY, owner_id uuid NOT NULL, name text NOT NULL, geometry jsonb NOT NULL, length_m float8 NOT NULL,
  idempotency_key text, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE UNIQUE INDEX IF NOT EXISTS route_key ON peer.route (owner_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS route_owner ON peer.route (owner_id, created_at DESC);
CREATE TABLE IF NOT EXISTS peer.job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, payload jsonb NOT NULL,
  state text NOT NULL DEFAULT 'available', run_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX IF NOT EXISTS job_ready ON peer.job (run_at, id) WHERE state = 'available';
