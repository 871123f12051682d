-- Schemas, roles and the settings that the whole fleet shares.
-- Nobody but darkroom_owner touches a table: the login roles have EXECUTE on
-- the functions that sql/role/ names, and SELECT on the views of ops.
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['darkroom_owner', 'darkroom_fcgi', 'darkroom_worker', 'darkroom_operator', 'darkroom_auditor'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = r) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', r);
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this cluster migrates too
    END;
  END LOOP;
END $$;

-- From here on everything belongs to darkroom_owner: whoever migrates must be
-- a member (a superuser is one by nature).
DO $$
BEGIN
  IF NOT pg_has_role(current_user, 'darkroom_owner', 'MEMBER') THEN
    EXECUTE format('GRANT darkroom_owner TO %I', current_user);
  END IF;
  BEGIN
    IF NOT pg_has_role('darkroom_owner', 'pg_read_all_stats', 'MEMBER') THEN
      GRANT pg_read_all_stats TO darkroom_owner;
    END IF;
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'darkroom_owner may not read pg_stat_activity: ops.bloat cannot tell whose transaction is the oldest';
  END;
END $$;
CREATE SCHEMA core AUTHORIZATION darkroom_owner;
CREATE SCHEMA api AUTHORIZATION darkroom_owner;
CREATE SCHEMA ops AUTHORIZATION darkroom_owner;
SET LOCAL ROLE darkroom_owner;
REVOKE ALL ON SCHEMA core, api, ops FROM PUBLIC;
GRANT USAGE ON SCHEMA api TO darkroom_fcgi, darkroom_worker, darkroom_operator, darkroom_auditor;
GRANT USAGE ON SCHEMA ops TO darkroom_operator, darkroom_auditor;
-- Without IN SCHEMA: a default of one schema cannot take away the global one.
ALTER DEFAULT PRIVILEGES FOR ROLE darkroom_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- What darkroom-migrate(8) has applied here.
CREATE TABLE core.migration (
  name       text PRIMARY KEY,          -- file below sql/, or 'functions': all replaceable files
  sha256     text NOT NULL,             -- hex, of the bytes applied
  version    text NOT NULL,             -- of the program that applied them
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The answer of every function that the HTTP front calls.  err NULL: done,
-- status and body go out.  err set: a refusal (word of lib/base/err.c), nothing
-- was changed except what the function says.  Refusals are rows and not
-- exceptions, because many requests share one transaction.
CREATE TYPE core.answer AS (
  err       text,     -- public error word, or NULL
  msg       text,     -- for the client: names the field, never data
  retry_ms  int,      -- when a retry can help; NULL otherwise
  status    int,      -- HTTP status when err is NULL
  body      jsonb,    -- the JSON body
  extra     jsonb     -- for the handler: etag, blobs to stream, headers, ids to announce
);

-- Rules of the node that SQL itself enforces: one value for the whole fleet.
-- Processes have settings of their own in darkroom.conf(5).
CREATE TABLE core.setting (
  name   text PRIMARY KEY,
  value  jsonb NOT NULL,
  unit   text NOT NULL,
  help   text NOT NULL
);
INSERT INTO core.setting VALUES
  ('queue_max',        '100000',     'jobs',  'queued jobs on the node; above it submits get QUEUE_FULL'),
  ('open_jobs_max',    '1000',       'jobs',  'open jobs of one principal; above it submits get QUOTA_EXCEEDED'),
  ('rate_submit',      '20',         '1/s',   'writes of one principal, refill rate'),
  ('rate_submit_burst','40',         'calls', 'writes of one principal, bucket size'),
  ('rate_read',        '100',        '1/s',   'reads of one principal, refill rate'),
  ('rate_read_burst',  '200',        'calls', 'reads of one principal, bucket size'),
  ('result_ttl_s',     '604800',     's',     'output and artifacts of a finished job are kept this long'),
  ('job_ttl_s',        '7776000',    's',     'records of finished jobs are kept this long'),
  ('idem_ttl_s',       '604800',     's',     'idempotency keys outlive their job by this'),
  ('min_price',        '"0.001"',    'price', 'floor for lease proposals, compared as a decimal'),
  ('inline_max_bytes', '8388608',    'bytes', 'artifacts of one job that a result carries inline'),
  ('auth_window_s',    '120',        's',     'a signed timestamp may differ this much from the database clock'),
  ('worker_ttl_ms',    '20000',      'ms',    'a worker without a beat for this long has lost its jobs'),
  ('crash_max',        '3',          'times', 'a job that took its worker down this often is quarantined'),
  ('start_max',        '20',         'times', 'a job whose run failed this often before its first line ends with that failure'),
  ('legacy_auth',      'false',      'bool',  'accept v1 signatures that cover neither time nor headers'),
  ('default_image',    '"data"',     'name',  'image of a job that names none'),
  ('maintenance',      'false',      'bool',  'claim nothing; submits still queue');
