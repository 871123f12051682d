-- The compute service: blobs, assets, products, leases on data, computations.
CREATE TABLE core.blob (
  sha256     bytea PRIMARY KEY CHECK (length(sha256) = 32),
  size       bigint NOT NULL CHECK (size >= 0),
  store      text NOT NULL CHECK (store IN ('pg', 'dir', 's3')),
  data       bytea,                     -- store 'pg' only
  dying      boolean NOT NULL DEFAULT false,     -- retention is removing the file; writers come again
  touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((store = 'pg') = (data IS NOT NULL))
);

-- Blobs that lost a reference: the only ones that retention looks at.
CREATE TABLE core.blob_loose (
  sha256     bytea PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX blob_loose_at ON core.blob_loose (at);
INSERT INTO core.setting VALUES
  ('blob_grace_s',     '3600',       's',     'a blob that nothing refers to is kept this long after its last use');

CREATE TABLE core.asset (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner        int NOT NULL REFERENCES core.principal,
  asset_id     text NOT NULL,           -- the owner's name for it
  title        text,
  keywords     text[] NOT NULL DEFAULT '{}',
  note         text,
  version      int NOT NULL,            -- current version
  release_mode text NOT NULL DEFAULT 'auto' CHECK (release_mode IN ('auto', 'hold', 'checks', 'one', 'two')),
  approval_mode text NOT NULL DEFAULT 'auto' CHECK (approval_mode IN ('auto', 'list', 'person', 'manual', 'two')),
  preset       text,
  policy       jsonb NOT NULL DEFAULT '{}',      -- isolation, limits caps, images
  twin_blob    bytea,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at   timestamptz
);
CREATE UNIQUE INDEX asset_name ON core.asset (owner, asset_id) WHERE removed_at IS NULL;

CREATE TABLE core.asset_version (       -- immutable
  asset      bigint NOT NULL REFERENCES core.asset,
  version    int NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('csv', 'tsv', 'jsonl', 'parquet', 'npy', 'tar', 'file')),
  sha256     bytea NOT NULL,            -- the blob may go once the asset is removed; the digest stays
  size       bigint NOT NULL,
  columns    jsonb,                     -- [{"name","type"}]
  row_count  bigint,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (asset, version)
);
CREATE INDEX asset_version_blob ON core.asset_version (sha256);

CREATE TABLE core.script (
  sha256     bytea NOT NULL REFERENCES core.blob,
  principal  int NOT NULL REFERENCES core.principal,
  cid        text NOT NULL,             -- CIDv0 of the one-block UnixFS file; '' above 256 KiB
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  used_at    timestamptz NOT NULL DEFAULT clock_timestamp(),   -- refreshed at most once a day
  PRIMARY KEY (principal, sha256)
);
CREATE INDEX script_used ON core.script (used_at);
CREATE INDEX script_blob ON core.script (sha256);
CREATE INDEX script_cid ON core.script (principal, cid) WHERE cid <> '';
CREATE INDEX blob_dying ON core.blob (sha256) WHERE dying;

CREATE TABLE core.product (
  product_id text PRIMARY KEY,          -- did:pandacea:...
  owner      int NOT NULL REFERENCES core.principal,
  name       text NOT NULL,
  data_type  text NOT NULL,
  keywords   text[] NOT NULL DEFAULT '{}',
  min_price  numeric,
  chain_product_id bytea UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE core.product_asset (
  product_id text NOT NULL REFERENCES core.product ON DELETE CASCADE,
  asset      bigint NOT NULL REFERENCES core.asset,
  PRIMARY KEY (product_id, asset)
);

-- A lease on data: proposal and grant are one row, which answers to three ids.
CREATE TABLE core.data_lease (
  serial      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lease_id    text NOT NULL UNIQUE,     -- what execute takes: local name or 64 hex digits
  proposal_id text UNIQUE,              -- lease_prop_ + 26 base32
  owner       int NOT NULL REFERENCES core.principal,
  consumer    int NOT NULL REFERENCES core.principal,
  product_id  text,
  state       text NOT NULL CHECK (state IN ('pending', 'approved', 'rejected', 'revoked')),
  max_price   numeric,
  price       numeric,
  duration_s  bigint,
  spender     text,                     -- 0x address; then execute must name it
  earner      text,
  max_runs    int CHECK (max_runs > 0),
  runs_used   int NOT NULL DEFAULT 0,   -- both counters lag behind core.run_note; see core.lease_runs
  runs_held   int NOT NULL DEFAULT 0,   -- reserved by open jobs
  max_limits  jsonb NOT NULL DEFAULT '{}',
  max_priority smallint NOT NULL DEFAULT 0,
  egress_bytes_cap bigint,
  egress_bytes_used bigint NOT NULL DEFAULT 0,
  expires_at  timestamptz,              -- NULL while pending
  reason      text,                     -- of reject or revoke
  revoked_at  timestamptz,
  chain       jsonb,                    -- later: contract, block, flags
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX data_lease_owner ON core.data_lease (owner, serial);
CREATE INDEX data_lease_consumer ON core.data_lease (consumer, serial);
CREATE TABLE core.data_lease_asset (
  serial bigint NOT NULL REFERENCES core.data_lease,
  asset  bigint NOT NULL REFERENCES core.asset,
  PRIMARY KEY (serial, asset)
);
CREATE INDEX data_lease_asset_asset ON core.data_lease_asset (asset);
-- The end of a reserved run, until a submit folds it into the counters: so a
-- finish never waits for the lease row that a revocation holds.
CREATE TABLE core.run_note (
  serial bigint NOT NULL,
  job_id uuid NOT NULL,
  used   boolean NOT NULL,
  PRIMARY KEY (serial, job_id)
);
CREATE TABLE core.dispute (
  id         text PRIMARY KEY,          -- dsp_ + 26 base32
  serial     bigint NOT NULL REFERENCES core.data_lease,
  raised_by  int NOT NULL REFERENCES core.principal,
  reason     text NOT NULL,
  state      text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'closed')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at  timestamptz
);
CREATE INDEX dispute_open ON core.dispute (serial) WHERE state = 'pending';

CREATE TABLE core.image (               -- only allow-listed digests run
  name       text NOT NULL,
  digest     text NOT NULL CHECK (digest ~ '^sha256:[0-9a-f]{64}$'),
  preload    text[] NOT NULL DEFAULT '{}',
  loaders    text[] NOT NULL DEFAULT '{}',       -- kinds it can bind; csv, tsv, jsonl, npy, parquet
  allowed    boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (name, digest)
);
CREATE UNIQUE INDEX image_allowed ON core.image (name) WHERE allowed;

-- What core.compute_plan found admissible: all that a submit writes.
CREATE TYPE core.compute_plan AS (
  refusal    core.answer,               -- err NULL: admissible
  serial     bigint,
  owner      int,
  seen_at    timestamptz,               -- updated_at of the lease that was judged
  counted    boolean,                   -- the lease has max_runs
  script     bytea,                     -- SHA-256
  image      text,
  digest     text,
  assets     bigint[],                  -- parallel to versions and variables
  versions   int[],
  variables  text[],
  hold       boolean,
  spec       jsonb                      -- of core.job, all but public_id
);
-- What a job may ask for: default, least and most (the compute lane's cap).
CREATE TABLE core.limit_rule (
  name     text PRIMARY KEY,
  initial  bigint NOT NULL,
  least    bigint NOT NULL DEFAULT 1,
  ceiling  bigint NOT NULL,
  unit     text NOT NULL,
  help     text NOT NULL,
  CHECK (least <= initial AND initial <= ceiling)
);
INSERT INTO core.limit_rule (name, initial, least, ceiling, unit, help) VALUES
  ('cpus',      1,    1,  8,     'cpus',      'processors, by quota'),
  ('memory_mb', 512,  16, 32768, 'MiB',       'memory, without swap'),
  ('wall_s',    600,  1,  86400, 's',         'from the first line of the script'),
  ('disk_mb',   1024, 1,  65536, 'MiB',       '/workspace, /tmp and /out together'),
  ('pids',      128,  1,  1024,  'processes', 'processes and threads'),
  ('artifacts', 64,   0,  1024,  'files',     'files that may leave'),
  ('output_mb', 256,  1,  8192,  'MiB',       'all artifacts together'),
  ('log_kb',    1024, 1,  16384, 'KiB',       'each output stream');

CREATE TABLE core.computation (         -- one row per compute job, as long as its record is kept
  job_id      uuid PRIMARY KEY,
  public_id   uuid NOT NULL UNIQUE,     -- 128 random bits; comp- + base32 outside
  principal   int NOT NULL,
  serial      bigint NOT NULL,          -- data lease
  script_sha256 bytea NOT NULL,
  image       text NOT NULL,
  image_digest text NOT NULL,
  label       text,
  run_held    boolean NOT NULL,         -- a run of the lease was reserved at submit
  hold        boolean NOT NULL,         -- strictest release mode of its assets at submit
  reveal      boolean NOT NULL,         -- every asset auto: messages of exceptions may be shown
  release_state text NOT NULL DEFAULT 'none'
    CHECK (release_state IN ('none', 'staged', 'released', 'withheld', 'withdrawn', 'purged')),
  release_code text,                    -- reason code when output of a completed job is withheld
  release_note text,                    -- owner's public reason
  finished_at timestamptz,              -- copied from done: retention scans it
  purged_at   timestamptz,              -- its bytes were given up; digests stay
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX computation_principal ON core.computation (principal, job_id DESC);
CREATE INDEX computation_open ON core.computation (principal) WHERE finished_at IS NULL;
CREATE INDEX computation_serial ON core.computation (serial) WHERE finished_at IS NULL OR release_state = 'staged';
CREATE INDEX computation_finished ON core.computation (finished_at) WHERE finished_at IS NOT NULL AND purged_at IS NULL;

CREATE TABLE core.job_input (           -- versions are pinned at submit
  job_id    uuid NOT NULL,
  variable  text NOT NULL,
  asset     bigint NOT NULL,
  version   int NOT NULL,
  PRIMARY KEY (job_id, variable)
);
CREATE INDEX job_input_asset ON core.job_input (asset, job_id);
CREATE TABLE core.job_owner (job_id uuid NOT NULL, owner int NOT NULL, decision text, PRIMARY KEY (job_id, owner));
CREATE INDEX job_owner_owner ON core.job_owner (owner, job_id DESC);

CREATE TABLE core.artifact (
  job_id     uuid NOT NULL,
  class      text NOT NULL CHECK (class IN ('artifact', 'stdout', 'stderr', 'combined', 'traceback')),
  name       text NOT NULL,
  sha256     bytea,                     -- NULL once removed; digest keeps what it was
  digest     bytea NOT NULL,
  size       bigint NOT NULL,
  media_type text NOT NULL,
  release_state text NOT NULL DEFAULT 'staged' CHECK (release_state IN ('staged', 'released', 'withheld', 'withdrawn')),
  PRIMARY KEY (job_id, class, name)
);
CREATE INDEX artifact_blob ON core.artifact (sha256);

-- Rows that later features fill; see docs/design/later.md.
CREATE TABLE core.approval (
  request_hash bytea NOT NULL, asset bigint NOT NULL, mode text NOT NULL, decided_by int, decision text, reason text,
  expires_at timestamptz, runs_left int, sig bytea, at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (request_hash, asset));
CREATE TABLE core.review (
  job_id uuid NOT NULL, artifact text NOT NULL, reviewer int NOT NULL, round int NOT NULL, verdict text NOT NULL, note text,
  at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (job_id, artifact, reviewer, round));
CREATE TABLE core.check_result (
  job_id uuid NOT NULL, artifact text NOT NULL, rule text NOT NULL, verdict text NOT NULL CHECK (verdict IN ('pass', 'review', 'block')),
  place jsonb, at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (job_id, artifact, rule));
CREATE TABLE core.budget (
  asset bigint NOT NULL, principal int NOT NULL, unit text NOT NULL DEFAULT 'zcdp', cap_nano bigint NOT NULL, PRIMARY KEY (asset, principal));
CREATE TABLE core.budget_entry (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, job_id uuid NOT NULL, asset bigint NOT NULL, principal int NOT NULL,
  kind text NOT NULL CHECK (kind IN ('reserve', 'commit', 'refund')), nano bigint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE core.receipt (job_id uuid PRIMARY KEY, body jsonb NOT NULL, sig bytea NOT NULL);
CREATE TABLE core.policy (id int NOT NULL, version int NOT NULL, body jsonb NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (id, version));
CREATE TABLE core.consent (
  asset bigint NOT NULL, subject text NOT NULL, status text NOT NULL CHECK (status IN ('active', 'revoked', 'expired')),
  expires_at timestamptz, terms text, PRIMARY KEY (asset, subject));
