-- The credential service: lanes, kinds, jobs, wallets.  docs/design/credential.md.
INSERT INTO core.lane (id, name) VALUES (5, 'cred-light'), (6, 'cred-heavy'), (7, 'cred-idle'), (8, 'cred-quick');

-- Whose records a job of a kind has beside those of the queue, and which kind it
-- is a stage of: rather columns than numbers in functions.
ALTER TABLE core.kind
  DROP CONSTRAINT kind_executor_check,
  ADD CONSTRAINT kind_executor_check CHECK (executor IN ('sandbox', 'runner', 'sql', 'cred')),
  ADD COLUMN service text CHECK (service IN ('compute', 'credential')),   -- NULL: the queue's own
  ADD COLUMN part_of smallint REFERENCES core.kind;     -- its end is that kind's end, unless it completes
UPDATE core.kind SET service = 'compute' WHERE name IN ('compute.script', 'ipfs.fetch');
UPDATE core.kind SET part_of = 1 WHERE name = 'ipfs.fetch';

-- What a submit of a credential kind has to know.
CREATE TABLE core.cred_kind (
  kind       smallint PRIMARY KEY REFERENCES core.kind,
  wallet     text NOT NULL CHECK (wallet IN ('none', 'new', 'named', 'open')),  -- new: must not exist; named: must exist; open: and be unlocked
  heavy_when text,                      -- function of core, called with (args, method of the wallet): true moves the job to the heavy lane
  bounds     text,                      -- function of core, called with (args): core.answer, a refusal or NULL
  private    boolean NOT NULL,          -- the result is sealed to the front's key and leaves to the submitter only
  primes     smallint NOT NULL DEFAULT 0,         -- of the pool that a run is given
  max_bytes  int NOT NULL,              -- of args and sealed together
  node_only  boolean NOT NULL DEFAULT false,      -- operators only
  binds      boolean NOT NULL DEFAULT false       -- may bind indices, offers and nonces, or stage an import: settled at its end
);
-- A job that may be submitted, or why not.
CREATE TYPE core.cred_plan AS (
  refusal      core.answer,
  kind         smallint,
  kind_name    text,
  max_attempts smallint,
  timeout_ms   bigint,
  lane         smallint,
  wallet       bigint,
  wallet_name  text
);
CREATE TABLE core.cred_alias (          -- commands of libindy
  alias      text PRIMARY KEY,
  kind       smallint NOT NULL REFERENCES core.cred_kind
);

INSERT INTO core.kind (id, name, lane, executor, max_attempts, timeout_ms, backoff_ms, backoff_cap_ms, service)
SELECT x.id, x.name, x.lane, 'cred', 3, CASE x.lane WHEN 5 THEN 10000 WHEN 6 THEN 900000 ELSE 60000 END, 200, 5000, 'credential'
  FROM (VALUES
  (100, 'wallet.create', 5), (101, 'wallet.unlock', 5), (102, 'wallet.lock', 5), (103, 'wallet.delete', 5), (104, 'wallet.rekey', 5),
  (105, 'wallet.export', 6), (106, 'wallet.import', 6),
  (107, 'wallet.record_put', 5), (108, 'wallet.record_get', 5), (109, 'wallet.record_delete', 5), (110, 'wallet.record_search', 5),
  (111, 'did.create_my', 5), (112, 'did.rotate_start', 5), (113, 'did.rotate_apply', 5), (114, 'did.store_their', 5),
  (115, 'did.get', 5), (116, 'did.list', 5), (117, 'did.abbreviate', 5),
  (118, 'crypto.create_key', 5), (119, 'crypto.sign', 5), (120, 'crypto.verify', 5), (121, 'crypto.pack', 5), (122, 'crypto.unpack', 5),
  (130, 'issuer.create_schema', 5), (131, 'issuer.create_cred_def', 6), (132, 'issuer.rotate_cred_def_start', 6),
  (133, 'issuer.rotate_cred_def_apply', 5), (134, 'issuer.create_offer', 5), (135, 'issuer.create_credential', 5),
  (136, 'issuer.create_rev_reg', 6), (137, 'issuer.revoke', 5), (138, 'issuer.unrevoke', 5), (139, 'issuer.update_status_list', 5),
  (140, 'primes.fill', 7),
  (150, 'holder.create_link_secret', 5), (151, 'holder.create_request', 5), (152, 'holder.process_credential', 5),
  (153, 'holder.revocation_state', 5), (154, 'holder.create_presentation', 5),
  (160, 'verifier.verify_presentation', 5), (161, 'tails.verify', 6)) x (id, name, lane);

INSERT INTO core.cred_kind (kind, wallet, heavy_when, bounds, private, primes, max_bytes, node_only)
SELECT k.id, x.wallet, x.heavy_when, x.bounds, x.private, x.primes, x.mib * 1048576, k.name = 'primes.fill'
  FROM (VALUES
  ('wallet.create',         'new',   'heavy_method',   NULL, false, 0, 1),
  ('wallet.unlock',         'named', 'heavy_method',   NULL, true,  0, 1),
  ('wallet.lock',           'named', NULL,             NULL, false, 0, 1),
  ('wallet.delete',         'open',  NULL,             NULL, false, 0, 1),
  ('wallet.rekey',          'open',  'heavy_method',   NULL, false, 0, 1),
  ('wallet.export',         'open',  NULL,             NULL, false, 0, 1),
  ('wallet.import',         'new',   NULL,             NULL, false, 0, 16),
  ('wallet.record_put',     'open',  NULL,             NULL, false, 0, 1),
  ('wallet.record_get',     'open',  NULL,             NULL, true,  0, 1),
  ('wallet.record_delete',  'open',  NULL,             NULL, false, 0, 1),
  ('wallet.record_search',  'open',  NULL,             NULL, true,  0, 1),
  ('did.create_my',         'open',  NULL,             NULL, false, 0, 1),
  ('did.rotate_start',      'open',  NULL,             NULL, false, 0, 1),
  ('did.rotate_apply',      'open',  NULL,             NULL, false, 0, 1),
  ('did.store_their',       'open',  NULL,             NULL, false, 0, 1),
  ('did.get',               'open',  NULL,             NULL, true,  0, 1),
  ('did.list',              'open',  NULL,             NULL, true,  0, 1),
  ('did.abbreviate',        'none',  NULL,             NULL, false, 0, 1),
  ('crypto.create_key',     'open',  NULL,             NULL, false, 0, 1),
  ('crypto.sign',           'open',  NULL,             NULL, false, 0, 1),
  ('crypto.verify',         'none',  NULL,             NULL, false, 0, 1),
  ('crypto.pack',           'open',  NULL,             NULL, false, 0, 1),
  ('crypto.unpack',         'open',  NULL,             NULL, true,  0, 1),
  ('issuer.create_schema',  'none',  NULL,             NULL, false, 0, 1),
  ('issuer.create_cred_def', 'open', NULL,             NULL, false, 2, 1),
  ('issuer.rotate_cred_def_start', 'open', NULL,       NULL, false, 2, 1),
  ('issuer.rotate_cred_def_apply', 'open', NULL,       NULL, false, 0, 1),
  ('issuer.create_offer',   'open',  NULL,             NULL, false, 0, 1),
  ('issuer.create_credential', 'open', NULL,           NULL, true,  0, 1),
  ('issuer.create_rev_reg', 'named', NULL,             NULL, false, 0, 1),
  ('issuer.revoke',         'none',  'heavy_indices',  'bounds_indices', false, 0, 1),
  ('issuer.unrevoke',       'none',  'heavy_indices',  'bounds_indices', false, 0, 1),
  ('issuer.update_status_list', 'none', NULL,          NULL, false, 0, 1),
  ('primes.fill',           'none',  NULL,             NULL, false, 0, 1),
  ('holder.create_link_secret', 'open', NULL,          NULL, false, 0, 1),
  ('holder.create_request', 'open',  NULL,             NULL, false, 0, 1),
  ('holder.process_credential', 'open', NULL,          NULL, false, 0, 1),
  ('holder.revocation_state', 'none', 'heavy_witness', NULL, true,  0, 16),
  ('holder.create_presentation', 'open', 'heavy_presentation', 'bounds_presentation', true, 0, 16),
  ('verifier.verify_presentation', 'none', 'heavy_verify', NULL, false, 0, 16),
  ('tails.verify',          'none',  NULL,             NULL, false, 0, 1))
  x (name, wallet, heavy_when, bounds, private, primes, mib) JOIN core.kind k ON k.name = x.name;
UPDATE core.cred_kind q SET binds = true FROM core.kind k
 WHERE k.id = q.kind AND k.name IN ('issuer.create_credential', 'verifier.verify_presentation', 'wallet.import');

INSERT INTO core.cred_alias (alias, kind)
SELECT x.alias, k.id FROM (VALUES
  ('create_wallet', 'wallet.create'), ('open_wallet', 'wallet.unlock'), ('close_wallet', 'wallet.lock'), ('delete_wallet', 'wallet.delete'),
  ('export_wallet', 'wallet.export'), ('import_wallet', 'wallet.import'),
  ('add_wallet_record', 'wallet.record_put'), ('get_wallet_record', 'wallet.record_get'),
  ('delete_wallet_record', 'wallet.record_delete'), ('open_wallet_search', 'wallet.record_search'),
  ('create_and_store_my_did', 'did.create_my'), ('replace_keys_start', 'did.rotate_start'), ('replace_keys_apply', 'did.rotate_apply'),
  ('store_their_did', 'did.store_their'), ('get_my_did_with_meta', 'did.get'), ('list_my_dids_with_meta', 'did.list'),
  ('abbreviate_verkey', 'did.abbreviate'), ('create_key', 'crypto.create_key'), ('crypto_sign', 'crypto.sign'), ('crypto_verify', 'crypto.verify'),
  ('pack_message', 'crypto.pack'), ('unpack_message', 'crypto.unpack'),
  ('issuer_create_schema', 'issuer.create_schema'), ('issuer_create_and_store_credential_def', 'issuer.create_cred_def'),
  ('issuer_rotate_credential_def_start', 'issuer.rotate_cred_def_start'), ('issuer_rotate_credential_def_apply', 'issuer.rotate_cred_def_apply'),
  ('issuer_create_credential_offer', 'issuer.create_offer'), ('issuer_create_credential', 'issuer.create_credential'),
  ('issuer_create_and_store_revoc_reg', 'issuer.create_rev_reg'), ('issuer_revoke_credential', 'issuer.revoke'),
  ('issuer_recover_credential', 'issuer.unrevoke'),
  ('prover_create_master_secret', 'holder.create_link_secret'), ('prover_create_credential_req', 'holder.create_request'),
  ('prover_store_credential', 'holder.process_credential'), ('create_revocation_state', 'holder.revocation_state'),
  ('update_revocation_state', 'holder.revocation_state'), ('prover_create_proof', 'holder.create_presentation'),
  ('verifier_verify_proof', 'verifier.verify_presentation')) x (alias, name) JOIN core.kind k ON k.name = x.name;

INSERT INTO core.scope VALUES
  ('cred:use',  '{consumer,owner,operator}', 'run and cancel credential operations'),
  ('cred:read', '{consumer,owner,operator,auditor}', 'credential jobs, definitions, registries, status lists');

-- Reasons of jobs of this service alone; the others serve both.
ALTER TABLE core.reason
  ADD COLUMN service text NOT NULL DEFAULT 'compute',
  ADD COLUMN word text;                 -- what a request that waits for the job is refused with; NULL: the code
UPDATE core.reason r SET word = x.word FROM (VALUES
  ('OOM', 'LIMIT'), ('DISK_FULL', 'BACKPRESSURE'), ('PIDS_LIMIT', 'INTERNAL_ERROR'), ('SIGNALLED', 'INTERNAL_ERROR'), ('QUARANTINED', 'INTERNAL_ERROR'),
  ('QUEUE_EXPIRED', 'BACKPRESSURE'), ('WORKER_LOST', 'BACKPRESSURE'), ('SANDBOX_FAILED', 'BACKPRESSURE'), ('INTERNAL', 'INTERNAL_ERROR'),
  ('CANCELLED', 'GONE')) x (code, word) WHERE x.code = r.code;
INSERT INTO core.reason (service, code, run_used, retry, resubmit, says, hint)
SELECT 'credential', x.* FROM (VALUES
  ('INVALID_STRUCTURE',     'no', false, false, 'a field does not have the form it must have', 'The message names the field.'),
  ('LIMIT',                 'no', false, false, 'over a limit', 'The message names the limit.'),
  ('NOT_FOUND',             'no', false, false, 'something that the request names does not exist', 'The message names it.'),
  ('CONFLICT',              'no', false, true,  'others changed the same things again and again', 'Send the request again.'),
  ('WALLET_LOCKED',         'no', false, true,  'the wallet is locked', 'Unlock it, and send the handle as X-Darkroom-Unlock.'),
  ('WALLET_EXISTS',         'no', false, false, 'there is a wallet of this name', 'Choose another name.'),
  ('WALLET_NOT_FOUND',      'no', false, false, 'there is no wallet of this name', 'Create it first.'),
  ('WALLET_ACCESS_FAILED',  'no', false, false, 'wrong key, or damaged data', 'Check the key and its method.'),
  ('WALLET_INPUT',          'no', false, false, 'the wallet cannot take this', 'The message names the field.'),
  ('ITEM_NOT_FOUND',        'no', false, false, 'the wallet has no such record', 'Check its type and name.'),
  ('ITEM_EXISTS',           'no', false, false, 'the wallet has a record of this type and name', 'Delete it first, or choose another name.'),
  ('QUERY_ERROR',           'no', false, false, 'the query cannot be run', 'The message names the place.'),
  ('REGISTRY_FULL',         'no', false, true,  'the registry has no index left', 'Create another registry, or wait for the one that is being made.'),
  ('REVOCATION_ID_INVALID', 'no', false, false, 'the index is not one of this registry', 'Indices are 1 to the size less 1, and were issued.'),
  ('LINK_SECRET_EXISTS',    'no', false, false, 'there is a link secret of this name', 'Choose another name.'),
  ('PROOF_REJECTED',        'no', false, false, 'a proof does not hold', 'The object was damaged, or made for something else.'),
  ('CREDENTIAL_REVOKED',    'no', false, false, 'the credential is revoked', 'Ask its issuer.'),
  ('CRED_DEF_EXISTS',       'no', false, false, 'there is another definition of this issuer, schema and tag', 'Choose another tag.'),
  ('UNKNOWN_CRYPTO',        'no', false, false, 'the kind of key is not known here', 'Use ed25519.'),
  ('DID_EXISTS',            'no', false, false, 'the wallet has this DID', 'Rotate its key, or choose another.'),
  ('IMPORT_TRUNCATED',      'no', false, false, 'the export ends too early', 'Copy it again.'),
  ('NOT_REVOCABLE',         'no', false, false, 'the definition does not support revocation', 'Make one with support_revocation.'),
  ('TAILS_MISMATCH',        'no', false, false, 'the tails are not those of the registry', 'Fetch them again.'),
  ('RESTRICTION_UNMET',     'no', false, false, 'a credential does not meet a restriction', 'Select another credential.'),
  ('PREDICATE_FALSE',       'no', false, false, 'a predicate does not hold', 'The value cannot be proven.'),
  ('CRYPTO_REFUSED',        'no', false, false, 'the message cannot be opened with a key of this wallet', 'It was made for others, or damaged.')) x;

INSERT INTO core.setting VALUES
  ('private_result_ttl_s', '900',     's',    'a private result of a credential job is kept this long'),
  ('offer_ttl_s',          '86400',   's',    'a credential offer is taken this long'),
  ('request_ttl_s',        '86400',   's',    'the nonce of a presentation request is taken this long'),
  ('prime_pool_size',      '8',       'rows', 'safe primes kept ready of each size; 0: none'),
  ('prime_ttl_s',          '2592000', 's',    'a safe prime of the pool is kept this long'),
  ('tails_public',         'true',    'bool', 'tails files are served without authentication'),
  ('quick_ms',             '2000',    'ms',   'heavy credential jobs that are expected to take at most this long wait in lane cred-quick'),
  ('clash_max',            '5',       'times','a credential job whose writes met others'' runs again this often');

-- What the service knows of a job beside the queue.  The row changes with its
-- progress and at its end.
CREATE TABLE core.cred_job (
  job_id      uuid PRIMARY KEY,
  principal   int NOT NULL,             -- who submitted it; 0: the node
  tenant      text NOT NULL,            -- core.tenant_of
  kind        smallint NOT NULL,
  lane        smallint NOT NULL,
  wallet      bigint,                   -- core.wallet; of kinds with a new one: set at the end
  wallet_name text,
  unlock      bytea,                    -- SHA-256 of the handle that came with it
  phase       text,                     -- what the executor says, in its words
  done        bigint,
  total       bigint,
  unit        text,
  attempt     smallint,                 -- whose phase and progress these are
  clashes     smallint NOT NULL DEFAULT 0,
  status      smallint,                 -- 200, 201: how it completed
  body        jsonb,                    -- its result, unless that is private
  finished_at timestamptz
) WITH (fillfactor = 70);
CREATE INDEX cred_job_principal ON core.cred_job (principal, job_id DESC);
CREATE INDEX cred_job_tenant ON core.cred_job (tenant, job_id DESC);
CREATE INDEX cred_job_open ON core.cred_job (principal) WHERE finished_at IS NULL;

CREATE TABLE core.private_result (
  job_id     uuid PRIMARY KEY,
  sealed     bytea NOT NULL,            -- to the front's result key
  expires_at timestamptz NOT NULL
);
CREATE INDEX private_result_expires ON core.private_result (expires_at);

-- How long runs of a kind take, light and heavy ones apart: an exponentially
-- weighted mean.  Heavy jobs that it expects to be short wait in lane cred-quick, for
-- which the workers keep a runner free.
CREATE TABLE core.cred_pace (
  kind    smallint NOT NULL,
  heavy   boolean NOT NULL,
  mean_ms double precision NOT NULL,
  n       bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (kind, heavy)
) WITH (fillfactor = 50);
INSERT INTO core.cred_pace (kind, heavy, mean_ms)
SELECT k.id, true, 1000 FROM core.kind k WHERE k.name IN ('wallet.create', 'wallet.unlock', 'wallet.rekey', 'issuer.create_cred_def', 'issuer.rotate_cred_def_start');

-- Wallets.  All names, values and tags are ciphertext that only a runner with
-- the master key can read; bytes exactly as an export carries them.
CREATE TABLE core.wallet (
  serial      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant      text NOT NULL,
  name        text NOT NULL,
  owner       int NOT NULL,
  method      text NOT NULL CHECK (method IN ('argon2i_mod', 'argon2i_int', 'raw', 'managed')),
  salt        bytea,
  sealed_keys bytea NOT NULL,
  managed_key bytea,                    -- sealed to the node key
  version     int NOT NULL DEFAULT 1,
  job         uuid,                     -- staged: an import fills it and nobody sees it; NULL: it is there
  token       uuid,                     -- of the run that fills it
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((job IS NULL) = (token IS NULL)),
  CHECK ((method = 'managed') = (managed_key IS NOT NULL) OR job IS NOT NULL)
);
CREATE UNIQUE INDEX wallet_name ON core.wallet (tenant, name) WHERE job IS NULL;
CREATE UNIQUE INDEX wallet_staged ON core.wallet (job, token) WHERE job IS NOT NULL;

CREATE TABLE core.wallet_unlock (
  sha256        bytea PRIMARY KEY CHECK (length(sha256) = 32),  -- of the handle
  wallet        bigint NOT NULL REFERENCES core.wallet ON DELETE CASCADE,
  principal     int NOT NULL,
  sealed_master bytea NOT NULL,         -- under a key made of node key and handle
  expires_at    timestamptz NOT NULL
);
CREATE INDEX wallet_unlock_wallet ON core.wallet_unlock (wallet);
CREATE INDEX wallet_unlock_expires ON core.wallet_unlock (expires_at);

CREATE TABLE core.wallet_item (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wallet     bigint NOT NULL REFERENCES core.wallet ON DELETE CASCADE,
  type       bytea NOT NULL CHECK (length(type) <= 512),
  name       bytea NOT NULL CHECK (length(name) <= 1024),
  value      bytea NOT NULL,
  key        bytea NOT NULL,
  version    int NOT NULL DEFAULT 1,
  expires_at timestamptz,
  UNIQUE (wallet, type, name)
);
CREATE INDEX wallet_item_page ON core.wallet_item (wallet, id);
CREATE INDEX wallet_item_expires ON core.wallet_item (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE core.wallet_tag (          -- at most one of a name and kind to an item: its writer has them as an object
  item   bigint NOT NULL REFERENCES core.wallet_item ON DELETE CASCADE,
  wallet bigint NOT NULL,
  name   bytea NOT NULL,
  value  bytea NOT NULL,                -- plain: the text itself
  plain  boolean NOT NULL,
  digest bytea GENERATED ALWAYS AS (sha256(name || value)) STORED       -- both may be longer than an index takes
);
CREATE INDEX wallet_tag_item ON core.wallet_tag (item);
CREATE INDEX wallet_tag_sealed ON core.wallet_tag (digest, item) WHERE NOT plain;
CREATE INDEX wallet_tag_plain ON core.wallet_tag (digest, item) WHERE plain;

-- Behind the functions: rows of the tenant that a function has entered
-- (core.tenant_enter), and records of the wallet that it has opened.  Upkeep enters
-- '*'.  Without either there are no rows.  Migrations to come that
-- touch rows of these tables must SET LOCAL darkroom.tenant = '*' first.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['wallet', 'wallet_unlock', 'wallet_item', 'wallet_tag'] LOOP
    EXECUTE format('ALTER TABLE core.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    EXECUTE format($f$CREATE POLICY tenant ON core.%I USING (%s OR current_setting('darkroom.tenant', true) = '*')$f$, t,
      CASE WHEN t = 'wallet' THEN $q$tenant = current_setting('darkroom.tenant', true)$q$
           ELSE $q$wallet = nullif(current_setting('darkroom.wallet', true), '')::bigint$q$ END);
  END LOOP;
END $$;
