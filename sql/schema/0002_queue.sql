-- The queue: wide and still (job, done) apart from narrow and busy (ready,
-- lease, later).  See docs/design/queue.md for the measurements behind it.

-- id: UUIDv7, time-ordered; job and done are partitioned by its day.
CREATE TABLE core.lane (
  id        smallint PRIMARY KEY,
  name      text NOT NULL UNIQUE,
  paused    boolean NOT NULL DEFAULT false,
  max_running int                       -- whole lane, all workers; NULL: no limit
);
INSERT INTO core.lane (id, name) VALUES (1, 'compute'), (2, 'light'), (3, 'maint');

CREATE TABLE core.kind (
  id            smallint PRIMARY KEY,
  name          text NOT NULL UNIQUE,
  lane          smallint NOT NULL REFERENCES core.lane,
  executor      text NOT NULL CHECK (executor IN ('sandbox', 'runner', 'sql')),
  max_attempts  smallint NOT NULL,      -- runs that fail for retryable reasons
  timeout_ms    bigint NOT NULL,        -- of one run, when the job names none
  backoff_ms    int NOT NULL,           -- base of the full-jitter backoff
  backoff_cap_ms int NOT NULL,
  sql_step      text                    -- executor 'sql': function called with (job_id, spec), in schema core
);
INSERT INTO core.kind VALUES
  (1, 'compute.script', 1, 'sandbox', 3, 600000, 500, 60000, NULL),
  (2, 'system.noop',    2, 'runner',  3, 60000,  500, 60000, NULL),
  (3, 'system.retain',  3, 'sql',     5, 600000, 1000, 60000, 'retain_step'),
  (4, 'system.canary',  1, 'sandbox', 1, 30000,  500, 60000, NULL);

CREATE TABLE core.job (                 -- what was asked; never updated
  id            uuid NOT NULL,
  principal     int NOT NULL,           -- 0: the node itself
  kind          smallint NOT NULL,
  lane          smallint NOT NULL,
  priority      smallint NOT NULL DEFAULT 0,      -- -10..10, higher first
  max_attempts  smallint NOT NULL,
  timeout_ms    bigint NOT NULL,
  expires_at    timestamptz,            -- not started by then: QUEUE_EXPIRED
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  spec          jsonb NOT NULL,         -- executor's arguments; names blobs by digest
  request_hash  bytea,                  -- hash of (code, image, params, asset versions, limits, outputs): what an approval names
  policy_version int,
  dry_run       boolean NOT NULL DEFAULT false,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX job_expires ON core.job (expires_at, id) WHERE expires_at IS NOT NULL;

CREATE TABLE core.done (                -- what happened; never updated
  id            uuid NOT NULL,
  principal     int NOT NULL,
  kind          smallint NOT NULL,
  state         text NOT NULL CHECK (state IN ('completed', 'failed', 'cancelled', 'dead')),
  reason        text,                   -- core.reason; NULL when completed
  attempt       smallint NOT NULL,      -- runs begun
  crashes       smallint NOT NULL DEFAULT 0,
  worker        int,
  started_at    timestamptz,            -- of the last run; NULL: never ran
  finished_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  outcome       jsonb,                  -- exit code, usage, error line: see docs/design/runner.md
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX done_finished ON core.done (finished_at);

CREATE TABLE core.ready (               -- runnable now: the primary key is the claim order
  seg       smallint NOT NULL,
  lane      smallint NOT NULL,
  band      smallint NOT NULL,          -- 0..3, strict; 0 first
  tenant    int NOT NULL,               -- principal: round robin inside a band
  rank      bigint NOT NULL,            -- us since the epoch at enqueue, minus priority * 600 s
  id        uuid NOT NULL,
  kind      smallint NOT NULL,
  attempt   smallint NOT NULL DEFAULT 0,          -- runs begun
  crashes   smallint NOT NULL DEFAULT 0,          -- of these: ended with their worker
  timeout_ms bigint NOT NULL,
  PRIMARY KEY (seg, lane, band, tenant, rank, id)
) PARTITION BY LIST (seg);
CREATE TABLE core.ready_0 PARTITION OF core.ready FOR VALUES IN (0);
CREATE TABLE core.ready_1 PARTITION OF core.ready FOR VALUES IN (1);
CREATE TABLE core.segment (
  current   smallint NOT NULL CHECK (current IN (0, 1)),
  since     timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO core.segment VALUES (0);

CREATE TABLE core.lease (               -- running now
  id        uuid PRIMARY KEY,
  token     uuid NOT NULL,              -- fencing token: random, new per claim
  worker    int NOT NULL,
  lane      smallint NOT NULL,
  band      smallint NOT NULL,
  tenant    int NOT NULL,
  rank      bigint NOT NULL,
  kind      smallint NOT NULL,
  attempt   smallint NOT NULL,          -- this run's number, from 1
  crashes   smallint NOT NULL,
  timeout_ms bigint NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,               -- the script's first line; NULL: not yet
  deadline  timestamptz,                -- started_at + timeout, never past the data lease's end
  phase     text NOT NULL DEFAULT 'starting' CHECK (phase IN ('fetching', 'starting', 'running', 'collecting')),
  usage     jsonb                       -- sampled with the beat
) WITH (fillfactor = 70);
CREATE INDEX lease_tenant ON core.lease (tenant);

CREATE TABLE core.later (               -- not yet runnable
  due       timestamptz NOT NULL,
  id        uuid NOT NULL,
  lane      smallint NOT NULL,
  band      smallint NOT NULL,
  tenant    int NOT NULL,
  rank      bigint NOT NULL,
  kind      smallint NOT NULL,
  attempt   smallint NOT NULL,
  crashes   smallint NOT NULL,
  timeout_ms bigint NOT NULL,
  why       text NOT NULL CHECK (why IN ('retry', 'scheduled', 'snooze', 'suspect', 'parents')),
  parents   int NOT NULL DEFAULT 0,     -- open parents; due is infinity until 0
  PRIMARY KEY (due, id)
);
CREATE UNIQUE INDEX later_id ON core.later (id);

CREATE TABLE core.worker (              -- one row per worker process; only the beat changes
  id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,   -- new at every start
  host      text NOT NULL,
  pid       int NOT NULL,
  version   text NOT NULL,
  lanes     jsonb NOT NULL,             -- {"compute":3,"light":2}: capacity by lane
  specs     jsonb NOT NULL,             -- cgroup mode, runtime, effective limits, images
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  beat      timestamptz NOT NULL DEFAULT clock_timestamp(),
  state     text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'draining', 'gone')),
  pool      jsonb,                      -- containers by state, last canary
  proved_at timestamptz                 -- last canary or real job finished
) WITH (fillfactor = 20);

CREATE TABLE core.attempt (             -- runs that did not end their job
  id        uuid NOT NULL,
  attempt   smallint NOT NULL,
  worker    int,
  reason    text NOT NULL,
  started   boolean NOT NULL,           -- its first line ran
  at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attempt_id ON core.attempt (id);

CREATE TABLE core.idem (                -- lives apart from the job and its partition
  principal  int NOT NULL,
  route      text NOT NULL,
  key        text NOT NULL,
  digest     bytea NOT NULL,            -- SHA-256 of the request body
  job_id     uuid,                      -- while it is open the key stays
  status     int NOT NULL,
  body       jsonb NOT NULL,            -- the first answer
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (principal, route, key)
);
CREATE INDEX idem_created ON core.idem (created_at);

CREATE TABLE core.cron (
  name      text PRIMARY KEY,
  kind      smallint NOT NULL REFERENCES core.kind,
  every_s   int NOT NULL,
  catch_up  text NOT NULL DEFAULT 'last' CHECK (catch_up IN ('none', 'last', 'all')),
  spec      jsonb NOT NULL DEFAULT '{}',
  last_slot timestamptz,
  last_job  uuid                        -- catch_up 'last' waits for its end
);
INSERT INTO core.cron (name, kind, every_s) VALUES ('retain', 3, 300);

CREATE TABLE core.reason (              -- stable words; adding one is a minor change
  code      text PRIMARY KEY,
  run_used  text NOT NULL CHECK (run_used IN ('yes', 'no', 'started')),
  retry     boolean NOT NULL,           -- infrastructure: the queue tries again by itself
  resubmit  boolean NOT NULL,           -- the same request may succeed later
  says      text NOT NULL,              -- the consumer's error line; {name} is filled from outcome.detail
  hint      text NOT NULL
);

CREATE TABLE core.watermark (           -- how far a periodic step has come
  step      text PRIMARY KEY,
  at        timestamptz NOT NULL,
  id        uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO core.watermark VALUES ('expire', clock_timestamp()), ('tally', clock_timestamp()), ('day', '-infinity');

CREATE TABLE core.tally (               -- counters of finished jobs; only grow
  name      text NOT NULL,
  labels    jsonb NOT NULL,
  value     double precision NOT NULL,
  PRIMARY KEY (name, labels)
);

-- Autovacuum of the hot tables by count, at once: they are small and scanned in order.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['ready_0', 'ready_1', 'lease', 'later'] LOOP
    EXECUTE format('ALTER TABLE core.%I SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
      autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_insert_threshold = -1,
      autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000000)', t);
  END LOOP;
END $$;
