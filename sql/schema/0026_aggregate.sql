-- The aggregate service, profile dap: lanes, kinds, tasks, reports, jobs, batches.
-- docs/design/aggregate.md.
--
-- A bucket is what sums are kept by: of time_interval the start as u64 (int8send), of
-- fixed_size the batch id.  Ids of reports and jobs are 16 bytes, hence uuid.
-- Whoever stores reports or parts of a task holds its advisory lock (2002, task_no)
-- shared to the end of the transaction, whoever closes or opens a batch holds it
-- alone: core.agg_share, core.agg_alone.
INSERT INTO core.lane (id, name) VALUES (9, 'agg'), (10, 'agg-peer'), (11, 'agg-house');
INSERT INTO core.service VALUES ('aggregate', 'agg');

INSERT INTO core.kind (id, name, lane, executor, max_attempts, timeout_ms, backoff_ms, backoff_cap_ms, sql_step, service) VALUES
  (200, 'dap.prepare',   9,  'fork', 5,  120000, 500, 10000, NULL, 'aggregate'),
  (201, 'dap.aggregate', 9,  'fork', 50, 300000, 1000, 60000, NULL, 'aggregate'),
  (202, 'dap.collect',   9,  'fork', 50, 300000, 1000, 60000, NULL, 'aggregate'),
  (203, 'dap.share',     9,  'fork', 5,  120000, 500, 10000, NULL, 'aggregate'),
  (205, 'dap.batch',     11, 'sql',  5,  60000,  1000, 10000, 'batch_step', NULL),
  (206, 'dap.scrub',     11, 'sql',  5,  600000, 1000, 60000, 'scrub_step', NULL),
  (210, 'agg.rotate',    9,  'fork', 5,  60000,  1000, 10000, NULL, 'aggregate'),
  (215, 'blob.seal',     10, 'fork', 5,  600000, 1000, 60000, NULL, 'aggregate');
INSERT INTO core.cron (name, kind, every_s, spec_fn) VALUES
  ('dap.batch', 205, 1, 'batch_spec'), ('dap.scrub', 206, 60, 'scrub_spec'), ('agg.rotate', 210, 5, 'rotate_spec');

INSERT INTO core.scope VALUES
  ('aggregate:admin', '{operator}', 'aggregate tasks: make, see and remove');
INSERT INTO core.setting VALUES
  ('agg_job_min',        '10',      'reports', 'an aggregation job has at least these, unless the oldest is agg_job_age_s old or its batch is closing'),
  ('agg_job_max',        '100',     'reports', 'and at most these; up to 1,000 while their bytes stay under agg_job_bytes'),
  ('agg_job_bytes',      '4194304', 'bytes',   'of the reports of an aggregation job that has more than agg_job_max'),
  ('agg_job_age_s',      '60',      's',       'reports that waited this long are aggregated, however few'),
  ('agg_response_ttl_s', '604800',  's',       'answers of a helper are kept this long for a leader that asks again'),
  ('agg_segment_ttl_s',  '600',     's',       'a segment of reports still open after this long belongs to a process that died'),
  ('agg_seal_after_s',   '300',     's',       'a full segment with live reports moves to the blob store after this long'),
  ('agg_key_s',          '2592000', 's',       'an HPKE key is used this long; 0: none is made'),
  ('agg_key_propagation_s', '3600', 's',       'a new HPKE key is served this long after it was made'),
  ('agg_key_decrypt_s',  '172800',  's',       'an HPKE key that is served no more still opens reports this long: twice the max-age of the list');

CREATE TABLE core.agg_task (
  task_no    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id    bytea NOT NULL UNIQUE CHECK (length(task_id) = 32),
  profile    text NOT NULL CHECK (profile IN ('09', '18')),
  role       text NOT NULL CHECK (role IN ('leader', 'helper', 'collector')),
  mode       smallint NOT NULL CHECK (mode IN (1, 2)),    -- on the wire: 1 time_interval, 2 fixed_size
  spec       jsonb NOT NULL,            -- as it was given, without secrets
  sealed     bytea,                     -- its secrets, to the node key
  digest     bytea NOT NULL,            -- of the body it was made of, keyed by the front: is another the same?
  leader_token    bytea,                -- SHA-256 of those that come in
  collector_token bytea,
  precision_s     bigint NOT NULL CHECK (precision_s > 0),
  min_batch_size  bigint NOT NULL CHECK (min_batch_size > 0),
  max_queries     int NOT NULL DEFAULT 1 CHECK (max_queries > 0),
  max_batch_size  bigint,               -- fixed_size
  window_s        bigint,               -- fixed_size: a batch has reports of one window of time
  skew_s     bigint NOT NULL,
  starts_at  bigint NOT NULL DEFAULT 0, -- s since the epoch, as all times of reports
  expires_at bigint,
  retain_s   bigint NOT NULL,
  kept_from  bigint NOT NULL DEFAULT 0, -- ids of older reports are forgotten: such a report is dropped
  owner      int NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz                -- takes no uploads any more
);

-- States follow from the times: pending, active, expired, gone (no row).
CREATE TABLE core.agg_hpke_key (
  config_id  smallint PRIMARY KEY CHECK (config_id BETWEEN 0 AND 255),
  config     bytea NOT NULL,            -- HpkeConfig
  sealed     bytea NOT NULL,            -- private half, as a row's seal
  active_at  timestamptz NOT NULL,
  expires_at timestamptz,               -- served no more; NULL: no successor yet
  gone_at    timestamptz,               -- opens nothing any more
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((expires_at IS NULL) = (gone_at IS NULL))
);

-- A file of large reports, appended to by one front process of one host.
CREATE TABLE core.agg_segment (
  serial  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id      uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  host    text NOT NULL,
  folder  text NOT NULL,                -- the file is <folder>/<id>
  state   text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'full', 'gone')),
  here    boolean NOT NULL DEFAULT true,          -- the file is still on its host
  length  bigint,
  sha256  bytea REFERENCES core.blob,   -- it is in the blob store
  job     uuid,                         -- blob.seal
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  full_at timestamptz
);
CREATE INDEX agg_segment_sha256 ON core.agg_segment (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX agg_segment_host ON core.agg_segment (host, made_at) WHERE here;

-- Reports: of a leader from their upload, of a helper those it has accepted, from its
-- commit.  The row outlives the bytes: it is what replays are found by.
CREATE TABLE core.agg_report (
  task_no   int NOT NULL,
  report_id uuid NOT NULL,
  time      bigint NOT NULL,
  segment   bigint,                     -- where its bytes are, unless inline; both NULL: settled
  at        int,                        -- offset
  length    int,
  state     "char" NOT NULL DEFAULT 's' CHECK (state IN ('s', 'd', 'f')),    -- stored (or in a job), done, failed
  tries     smallint NOT NULL DEFAULT 0,          -- how often a job gave it back
  reason    text,                       -- failed: the prepare error
  bytes     bytea,
  PRIMARY KEY (task_no, report_id)
) PARTITION BY HASH (report_id);
DO $$
BEGIN
  FOR i IN 0 .. 7 LOOP
    EXECUTE format('CREATE TABLE core.agg_report_%s PARTITION OF core.agg_report FOR VALUES WITH (MODULUS 8, REMAINDER %s) WITH (fillfactor = 80)', i, i);
    EXECUTE format('ALTER TABLE core.agg_report_%s ALTER COLUMN bytes SET STORAGE EXTERNAL', i);   -- sealed bytes do not compress
  END LOOP;
END $$;
CREATE INDEX agg_report_segment ON core.agg_report (segment) WHERE segment IS NOT NULL;

-- What waits for a job: narrow rows that come and go, so that the wide ones are
-- written twice only, at the upload and when they are settled.
CREATE TABLE core.agg_stored (
  task_no   int NOT NULL,
  bucket    bigint NOT NULL,            -- time_interval: its start; fixed_size: of the window, or 0
  at        timestamptz NOT NULL,
  report_id uuid NOT NULL,
  length    int NOT NULL
);
CREATE INDEX agg_stored_next ON core.agg_stored (task_no, bucket, at);
ALTER TABLE core.agg_stored SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE core.agg_job (
  job_no     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_no    int NOT NULL REFERENCES core.agg_task,
  job_id     uuid NOT NULL,
  bucket     bytea,                     -- leader, and fixed_size; NULL: its reports may be of several
  state      text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'sent', 'done', 'failed', 'deleted')),
  reports    uuid[],                    -- leader, until it is settled
  n          int NOT NULL,
  queue_id   uuid NOT NULL,
  digest     bytea,                     -- SHA-256 of the request
  generation int NOT NULL DEFAULT 0,    -- helper, profile 18
  request    bytea REFERENCES core.blob,          -- helper, until it is done
  response   bytea REFERENCES core.blob,          -- helper: either of
  answer     bytea,
  step       int NOT NULL DEFAULT 0,
  tries      int NOT NULL DEFAULT 0,    -- runs that the peer let wait
  clashes    smallint NOT NULL DEFAULT 0,
  location   text,                      -- leader, profile 18: where the helper answers
  problem    text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  UNIQUE (task_no, job_id)
) WITH (fillfactor = 80);
CREATE INDEX agg_job_queue ON core.agg_job (queue_id) WHERE state IN ('new', 'sent');
CREATE INDEX agg_job_open ON core.agg_job (task_no, bucket) WHERE state IN ('new', 'sent');
CREATE INDEX agg_job_digest ON core.agg_job (task_no, digest, generation);
CREATE INDEX agg_job_request ON core.agg_job (request) WHERE request IS NOT NULL;
CREATE INDEX agg_job_response ON core.agg_job (response) WHERE response IS NOT NULL;

-- The sum of one job in one bucket, never rewritten: whoever collects adds them up.
CREATE TABLE core.agg_part (
  task_no  int NOT NULL,
  bucket   bytea NOT NULL,
  job_no   bigint NOT NULL,
  sealed   bytea,                       -- the share; NULL: collected and scrubbed
  count    bigint NOT NULL CHECK (count > 0),
  checksum bit(256) NOT NULL,
  t_min    bigint NOT NULL,
  t_max    bigint NOT NULL,
  PRIMARY KEY (task_no, bucket, job_no)
);
ALTER TABLE core.agg_part ALTER COLUMN sealed SET STORAGE EXTERNAL;

CREATE TABLE core.agg_bucket (
  task_no  int NOT NULL REFERENCES core.agg_task,
  bucket   bytea NOT NULL,
  state    text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closing', 'collected', 'diverged')),
  PRIMARY KEY (task_no, bucket)
);

-- fixed_size, leader: batches that reports are assigned to.
CREATE TABLE core.agg_batch (
  batch_no   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_no    int NOT NULL REFERENCES core.agg_task,
  batch_id   bytea NOT NULL CHECK (length(batch_id) = 32),
  bucket     bigint NOT NULL,           -- of agg_stored: its window
  assigned   bigint NOT NULL DEFAULT 0, -- reports in jobs that were not given back
  state      text NOT NULL DEFAULT 'filling' CHECK (state IN ('filling', 'full', 'bound', 'collected')),
  short      boolean NOT NULL DEFAULT false,      -- bound, but below the minimum: takes more
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (task_no, batch_id)
);
CREATE INDEX agg_batch_filling ON core.agg_batch (task_no, bucket, batch_no) WHERE state = 'filling' OR short;
CREATE INDEX agg_batch_next ON core.agg_batch (task_no, batch_no) WHERE state IN ('filling', 'full');

-- time_interval: intervals of a task that somebody asked for; they never overlap.
CREATE TABLE core.agg_span (
  task_no  int NOT NULL REFERENCES core.agg_task,
  first    bigint NOT NULL,
  past     bigint NOT NULL CHECK (past > first),
  state    text NOT NULL CHECK (state IN ('waiting', 'closing', 'collected')),     -- waiting: too few reports yet
  PRIMARY KEY (task_no, first)
);

CREATE TABLE core.agg_collection (      -- leader
  collection_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_no       int NOT NULL REFERENCES core.agg_task,
  collection_id uuid NOT NULL,
  digest        bytea NOT NULL,         -- of the request
  generation    int NOT NULL DEFAULT 0,
  request       bytea NOT NULL,
  batch_id      bytea,
  first         bigint,
  past          bigint,
  current       boolean NOT NULL DEFAULT false,
  same_as       bigint REFERENCES core.agg_collection,    -- the same batch again: its answer is that one's
  state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'closing', 'done', 'failed')),     -- waiting: its batch is open
  removed       boolean NOT NULL DEFAULT false,
  queue_id      uuid,
  sent          bytea,                  -- SHA-256 of the request to the helper, once it may have left
  tries         int NOT NULL DEFAULT 0,
  location      text,
  word          text,                   -- failed: the problem
  count         bigint,
  start         bigint,                 -- of its reports, as the wire counts
  duration      bigint,
  leader_share  bytea,                  -- HpkeCiphertext to the collector
  helper_share  bytea,
  noise         bytea,                  -- sealed: drawn once
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at   timestamptz,
  UNIQUE (task_no, collection_id)
);
CREATE INDEX agg_collection_digest ON core.agg_collection (task_no, digest, generation);
CREATE INDEX agg_collection_queue ON core.agg_collection (queue_id) WHERE state IN ('waiting', 'closing');
CREATE INDEX agg_collection_batch ON core.agg_collection (task_no, batch_id, first);

CREATE TABLE core.agg_served (          -- helper: requests for aggregate shares that passed
  served_no  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_no    int NOT NULL REFERENCES core.agg_task,
  share_id   uuid NOT NULL,
  digest     bytea NOT NULL,
  generation int NOT NULL DEFAULT 0,
  request    bytea NOT NULL,
  batch_id   bytea,
  first      bigint,
  past       bigint,
  count      bigint NOT NULL,
  checksum   bit(256) NOT NULL,
  state      text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
  removed    boolean NOT NULL DEFAULT false,
  queue_id   uuid,
  word       text,
  share      bytea,                     -- HpkeCiphertext to the collector
  noise      bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  UNIQUE (task_no, share_id)
);
CREATE INDEX agg_served_digest ON core.agg_served (task_no, digest, generation);
CREATE INDEX agg_served_queue ON core.agg_served (queue_id) WHERE state = 'running';
CREATE INDEX agg_served_batch ON core.agg_served (task_no, batch_id, first);

CREATE TABLE core.agg_counter (         -- never by person; a shard a connection, so that uploads do not queue for a row
  task_no int NOT NULL REFERENCES core.agg_task,
  stage   text NOT NULL CHECK (stage IN ('upload', 'aggregate')),
  word    text NOT NULL,
  shard   smallint NOT NULL CHECK (shard BETWEEN 0 AND 31),
  n       bigint NOT NULL,
  PRIMARY KEY (task_no, stage, word, shard)
) WITH (fillfactor = 50);

CREATE TABLE core.agg_peer (            -- what was met at the other node
  task_no    int PRIMARY KEY REFERENCES core.agg_task,
  answers    bigint NOT NULL DEFAULT 0,
  retries    bigint NOT NULL DEFAULT 0,
  mean_ms    double precision,          -- weight 1/8
  status     int,
  last_error text,
  error_at   timestamptz,
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

INSERT INTO core.job_call (call, kinds) VALUES
  ('agg_reports', '^dap\.aggregate$'), ('hpke_key', '^dap\.(aggregate|prepare)$'), ('agg_sent', '^dap\.(aggregate|collect)$'),
  ('agg_seen', '^dap\.prepare$'), ('agg_parts', '^dap\.(collect|share)$'), ('agg_batch', '^dap\.(collect|share)$'), ('agg_keys', '^agg\.rotate$');
INSERT INTO core.job_op (op, kinds) VALUES
  ('agg_commit', '^dap\.(aggregate|prepare)$'), ('agg_wait', '^dap\.(aggregate|collect)$'), ('agg_back', '^dap\.aggregate$'),
  ('agg_collected', '^dap\.collect$'), ('agg_too_small', '^dap\.collect$'), ('agg_failed', '^dap\.collect$'), ('agg_served', '^dap\.share$'),
  ('hpke_new', '^agg\.rotate$'), ('segment_sealed', '^blob\.seal$');

-- What a job of the service is about, as its specification says.
CREATE TYPE core.agg_subject AS (
  queue_id   uuid,
  kind       smallint,
  worker     int,
  task_no    int,
  job_no     bigint,
  collection bigint,
  served     bigint,
  segment    bigint
);
-- A call of another party: the task, or why not.
CREATE TYPE core.agg_found AS (
  t          core.agg_task,
  refusal    core.answer
);
