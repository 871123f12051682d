-- Schemas, definitions, registries and what is used once.
CREATE TABLE core.cred_schema (
  tenant     text NOT NULL,
  id         text NOT NULL,             -- on the wire
  issuer     text NOT NULL,
  name       text NOT NULL,
  version    text NOT NULL,
  object     jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, issuer, name, version)
);

CREATE TABLE core.cred_def (
  serial     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant     text NOT NULL,
  id         text NOT NULL,
  issuer     text NOT NULL,
  schema_id  text NOT NULL,
  tag        text NOT NULL,
  owner      int NOT NULL,              -- who had it made: registries that are made ahead are its jobs
  wallet     bigint REFERENCES core.wallet ON DELETE SET NULL,  -- whose record is the private part; NULL: deleted, what is public stays
  bits       int NOT NULL,
  revocable  boolean NOT NULL,
  object     jsonb NOT NULL,
  key_proof  jsonb NOT NULL,
  version    int NOT NULL DEFAULT 1,    -- of the key
  next_object jsonb,                    -- a rotation that was started
  next_key_proof jsonb,
  auto       boolean NOT NULL DEFAULT false,      -- registries are made ahead
  ahead      smallint NOT NULL DEFAULT 1 CHECK (ahead BETWEEN 1 AND 8),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (tenant, id),
  UNIQUE (tenant, issuer, schema_id, tag),
  CHECK ((next_object IS NULL) = (next_key_proof IS NULL))
);
CREATE INDEX cred_def_wallet ON core.cred_def (wallet);

CREATE TABLE core.rev_reg (
  serial       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant       text NOT NULL,
  id           text NOT NULL,
  definition   bigint NOT NULL REFERENCES core.cred_def ON DELETE CASCADE,
  n            int NOT NULL,            -- 1, 2, 3, ... of its definition
  tag          text NOT NULL,
  max_cred_num int NOT NULL CHECK (max_cred_num BETWEEN 2 AND 1000000),
  issuance     text NOT NULL CHECK (issuance IN ('by_default', 'on_demand')),
  state        text NOT NULL CHECK (state IN ('ready', 'active', 'full', 'retired')),
  next_index   int NOT NULL DEFAULT 1,
  version      int NOT NULL DEFAULT 1,  -- of the accumulator; core.rev_list has every one
  accumulator  text NOT NULL,
  bitmap       bytea NOT NULL,          -- get_bit(bitmap, i) is index i: 1 is revoked, or not issued on demand
  object       jsonb NOT NULL,
  tails        bytea NOT NULL,          -- SHA-256, a blob
  sealed_gamma bytea NOT NULL,          -- to the node key
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (tenant, id),
  UNIQUE (definition, n)
);
CREATE UNIQUE INDEX rev_reg_active ON core.rev_reg (definition) WHERE state = 'active';
CREATE INDEX rev_reg_ready ON core.rev_reg (definition, n) WHERE state = 'ready';

CREATE TABLE core.rev_index (           -- never given twice: a failed job's index is burnt
  registry bigint NOT NULL REFERENCES core.rev_reg ON DELETE CASCADE,
  idx      int NOT NULL CHECK (idx >= 1),
  tenant   text NOT NULL,
  job      uuid NOT NULL UNIQUE,        -- a retry of the job gets the same
  state    text NOT NULL DEFAULT 'taken' CHECK (state IN ('taken', 'issued', 'burnt')),
  PRIMARY KEY (registry, idx)
);

CREATE TABLE core.rev_list (            -- append only
  registry    bigint NOT NULL REFERENCES core.rev_reg ON DELETE CASCADE,
  version     int NOT NULL,
  tenant      text NOT NULL,
  timestamp   bigint NOT NULL,          -- seconds since the epoch, by the issuer
  list        bytea NOT NULL,           -- as rev_reg.bitmap
  accumulator text NOT NULL,
  PRIMARY KEY (registry, version)
);
CREATE INDEX rev_list_timestamp ON core.rev_list (registry, timestamp, version);

CREATE TABLE core.prime (               -- each is deleted in the transaction that hands it out, before a runner sees it
  id         text PRIMARY KEY,
  bits       int NOT NULL CHECK (bits IN (1024, 1536)),
  sealed     bytea NOT NULL,            -- to the node key
  expires_at timestamptz NOT NULL
);
CREATE INDEX prime_bits ON core.prime (bits, expires_at);

CREATE TABLE core.offer (               -- nonces of credential offers: each works once
  tenant     text NOT NULL,
  nonce      text NOT NULL,
  definition bigint NOT NULL REFERENCES core.cred_def ON DELETE CASCADE,
  job        uuid,                      -- that has taken it; a failed one gives it back
  used       boolean NOT NULL DEFAULT false,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, nonce)
);
CREATE INDEX offer_expires ON core.offer (expires_at);
CREATE INDEX offer_job ON core.offer (job) WHERE job IS NOT NULL;
CREATE TABLE core.request_nonce (       -- nonces of presentation requests that were made here
  tenant     text NOT NULL,
  nonce      text NOT NULL,
  job        uuid,
  used       boolean NOT NULL DEFAULT false,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, nonce)
);
CREATE INDEX request_nonce_expires ON core.request_nonce (expires_at);
CREATE INDEX request_nonce_job ON core.request_nonce (job) WHERE job IS NOT NULL;

-- Blobs of the service: why they are kept, and who may have them.
CREATE TABLE core.cred_blob (
  tenant     text NOT NULL,
  sha256     bytea NOT NULL REFERENCES core.blob,
  use        text NOT NULL CHECK (use IN ('tails', 'export', 'import')),
  hash       text,                      -- tails: the same in base58, as definitions name it
  wallet     text,                      -- of an export
  size       bigint NOT NULL,
  expires_at timestamptz,               -- NULL: kept
  PRIMARY KEY (tenant, sha256, use)
);
CREATE INDEX cred_blob_sha256 ON core.cred_blob (sha256);
CREATE INDEX cred_blob_hash ON core.cred_blob (hash) WHERE hash IS NOT NULL;
CREATE INDEX cred_blob_expires ON core.cred_blob (expires_at) WHERE expires_at IS NOT NULL;
INSERT INTO core.setting VALUES
  ('export_ttl_s', '86400', 's', 'exports, and uploads for imports, are kept this long');

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['cred_schema', 'cred_def', 'rev_reg', 'rev_index', 'rev_list', 'offer', 'request_nonce'] LOOP
    EXECUTE format('ALTER TABLE core.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    EXECUTE format($f$CREATE POLICY tenant ON core.%I
      USING (tenant = current_setting('darkroom.tenant', true) OR current_setting('darkroom.tenant', true) = '*')$f$, t);
  END LOOP;
END $$;

-- The idle lane fills the pool while the heavy lane has nothing to do.
INSERT INTO core.cron (name, kind, every_s, spec_fn) SELECT 'primes.fill', k.id, 15, 'primes_spec' FROM core.kind k WHERE k.name = 'primes.fill';

-- What a result may write, and what a runner may ask: core.write_<op>(job, token,
-- write) and core.ask_<call>(job, token, args).
CREATE TABLE core.cred_op (
  op           text PRIMARY KEY,
  in_wallet    boolean NOT NULL DEFAULT false,    -- only of a job that has a wallet
  makes_wallet boolean NOT NULL DEFAULT false
);
INSERT INTO core.cred_op VALUES
  ('record_put', true, false), ('record_delete', true, false), ('wallet_new', false, true), ('import_commit', false, true),
  ('wallet_keys', true, false), ('wallet_delete', true, false), ('unlock', true, false), ('lock', true, false),
  ('schema', false, false), ('cred_def', true, false), ('cred_def_next', true, false), ('cred_def_apply', true, false),
  ('rev_reg', false, false), ('rev_change', false, false), ('offer', true, false), ('request_nonce', false, false),
  ('prime', false, false), ('tails', false, false), ('export', true, false);
CREATE TABLE core.cred_call (
  call         text PRIMARY KEY,
  in_wallet    boolean NOT NULL DEFAULT false
);
INSERT INTO core.cred_call VALUES
  ('record_get', true), ('record_search', true), ('record_page', true), ('import_put', false), ('rev_state', false), ('rev_index', false),
  ('offer_take', false), ('object_get', false), ('request_nonce', false);
