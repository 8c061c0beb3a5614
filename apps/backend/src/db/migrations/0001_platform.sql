-- Roles and the tables of the platform itself: the job queue, the schedule, the workers' signs of life.

-- The role that api and worker act as (they SET ROLE to it on connect, or log in as a member of it). It owns
-- nothing. Where CREATE ROLE is not permitted (some managed databases), the operator creates it beforehand;
-- without it everything works with the login role's own rights, and each connect warns.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aspectavy_app') THEN
    CREATE ROLE aspectavy_app NOLOGIN NOINHERIT;
  END IF;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE WARNING 'role aspectavy_app is missing and % may not create it', current_user;
  WHEN duplicate_object OR unique_violation THEN
    NULL; -- Another database of this cluster was migrated at the same moment.
END
$$;

-- Membership is what SET ROLE needs; a superuser needs none, and PostgreSQL 16 no longer gives it to the creator.
DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
     AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'aspectavy_app')
     AND NOT pg_has_role(current_user, 'aspectavy_app', 'SET') THEN
    EXECUTE format('GRANT aspectavy_app TO %I', current_user);
  END IF;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE WARNING '% is no member of aspectavy_app and may not become one', current_user;
END
$$;

-- How migrations grant: CALL grant_to_app('SELECT, INSERT', 'route_history');
-- Append-only tables get SELECT and INSERT. Does nothing where the role could not be created.
CREATE PROCEDURE grant_to_app(privileges text, VARIADIC tables regclass[]) LANGUAGE plpgsql AS $$
DECLARE
  granted regclass;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aspectavy_app') THEN
    RETURN;
  END IF;
  FOREACH granted IN ARRAY tables LOOP
    EXECUTE format('GRANT %s ON TABLE %s TO aspectavy_app', privileges, granted);
  END LOOP;
END
$$;
REVOKE EXECUTE ON PROCEDURE grant_to_app(text, regclass[]) FROM PUBLIC;

-- The job queue. Rules: src/jobs/queue.hpp.
CREATE TABLE job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Counts claims and is never set back: names one holding of the job, whoever holds it.
  fence bigint NOT NULL DEFAULT 0,
  -- Signs of life of the holder, counted: a watcher compares counts, not clocks.
  beats bigint NOT NULL DEFAULT 0,
  -- -infinity: at once, whatever the clocks say.
  run_at timestamptz NOT NULL DEFAULT '-infinity',
  created_at timestamptz NOT NULL DEFAULT now(),
  claimed_at timestamptz,
  beat_at timestamptz,
  finished_at timestamptz,
  priority integer NOT NULL DEFAULT 100,
  attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  max_attempts integer NOT NULL DEFAULT 5 CHECK (max_attempts BETWEEN 1 AND 100),
  args_version integer NOT NULL DEFAULT 1 CHECK (args_version >= 1),
  state text NOT NULL DEFAULT 'available'
    CHECK (state IN ('available', 'running', 'retryable', 'done', 'discarded', 'cancelled')),
  lane text NOT NULL CHECK (length(lane) BETWEEN 1 AND 64),
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 128),
  worker_id text CHECK (length(worker_id) BETWEEN 1 AND 200),
  unique_key text CHECK (length(unique_key) BETWEEN 1 AND 300),
  args jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(args) = 'object'),
  errors jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(errors) = 'array'),
  CONSTRAINT job_finished CHECK ((finished_at IS NOT NULL) = (state IN ('done', 'discarded', 'cancelled'))),
  CONSTRAINT job_held CHECK ((worker_id IS NOT NULL) = (state = 'running'))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0, fillfactor = 80);

CREATE INDEX job_due ON job (lane, priority, run_at, id) WHERE state IN ('available', 'retryable');
CREATE UNIQUE INDEX job_one_waits ON job (unique_key)
  WHERE state IN ('available', 'retryable') AND unique_key IS NOT NULL;
CREATE INDEX job_one_runs ON job (unique_key) WHERE state = 'running' AND unique_key IS NOT NULL;
CREATE INDEX job_running ON job (id) WHERE state = 'running';
CREATE INDEX job_discarded ON job (id) WHERE state = 'discarded';
CREATE INDEX job_discarded_key ON job (unique_key) WHERE state = 'discarded' AND unique_key IS NOT NULL;
CREATE INDEX job_prunable ON job (finished_at) WHERE state IN ('done', 'cancelled');

-- Adds a job, or hands the newer args, the sooner time and fresh attempts to the one of this key that waits already:
-- what is asked for now must not end because something asked for earlier kept failing. Either way
-- the returned job runs after the caller's transaction has committed and sees what it wrote: a waiting job is
-- locked until then, so no worker can have started it before.
CREATE FUNCTION enqueue_job(job_kind text, job_lane text, job_priority integer, job_run_at timestamptz,
                            job_max_attempts integer, job_args_version integer, job_args jsonb, job_key text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  job_id bigint;
BEGIN
  INSERT INTO job AS waiting (kind, lane, priority, run_at, max_attempts, args_version, args, unique_key)
  VALUES (job_kind, job_lane, job_priority, coalesce(job_run_at, '-infinity'), job_max_attempts, job_args_version,
          job_args, job_key)
  ON CONFLICT (unique_key) WHERE state IN ('available', 'retryable') AND unique_key IS NOT NULL
  DO UPDATE SET priority = least(waiting.priority, excluded.priority), run_at = least(waiting.run_at, excluded.run_at),
                args = excluded.args, args_version = excluded.args_version, attempt = 0
  RETURNING id INTO job_id;
  PERFORM pg_notify('job_available', job_lane);
  RETURN job_id;
END
$$;

-- What the schedule enqueued last.
CREATE TABLE job_schedule (
  name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 128),
  last_slot bigint NOT NULL,
  enqueued_at timestamptz NOT NULL
);

-- What tells this installation from others: it spreads the times at which all of them ask the same providers.
CREATE TABLE installation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  seed uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO installation DEFAULT VALUES;

CREATE TABLE worker_heartbeats (
  worker_id text PRIMARY KEY,
  hostname text NOT NULL,
  pid integer NOT NULL,
  build_sha text NOT NULL,
  started_at timestamptz NOT NULL,
  beat_at timestamptz NOT NULL,
  loop_at timestamptz NOT NULL,
  queue_depth bigint NOT NULL DEFAULT 0,
  oldest_job_age_s bigint NOT NULL DEFAULT 0
);

CALL grant_to_app('SELECT', 'schema_migration', 'installation');
CALL grant_to_app('SELECT, INSERT, UPDATE, DELETE', 'job', 'job_schedule', 'worker_heartbeats');
