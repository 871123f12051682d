-- What is outside of the node: lease contracts on EVM chains, and scripts that
-- are in IPFS.  Both are reached by runners of a lane of their own.
INSERT INTO core.lane (id, name) VALUES (4, 'net');
INSERT INTO core.kind (id, name, lane, executor, max_attempts, timeout_ms, backoff_ms, backoff_cap_ms) VALUES
  (10, 'chain.follow', 4, 'runner', 1, 600000, 1000, 60000),
  (11, 'ipfs.fetch',   4, 'runner', 3, 60000,  500, 10000),
  (12, 'ipfs.probe',   4, 'runner', 1, 30000,  500, 10000);

-- What a run found out goes to a function of its kind, in the transaction that ends it.
ALTER TABLE core.kind ADD COLUMN sql_result text;   -- function of core called with (job, result); NULL: there is none
UPDATE core.kind SET sql_result = 'chain_apply' WHERE id = 10;
UPDATE core.kind SET sql_result = 'ipfs_probed' WHERE id = 12;
-- What a periodic job is told may depend on rows.
ALTER TABLE core.cron ADD COLUMN spec_fn text;      -- function of core called with spec; its answer NULL: not this time

-- A computation whose script is fetched first: its queue rows are of kind
-- ipfs.fetch until then, and its script is not known.
ALTER TABLE core.computation ALTER COLUMN script_sha256 DROP NOT NULL;
UPDATE core.reason SET says = 'the code could not be fetched: {why}' WHERE code = 'CODE_UNAVAILABLE';
UPDATE core.reason SET says = 'the code does not match its CID: {why}' WHERE code = 'CODE_MISMATCH';

-- The IPFS adapter, as the last look found it.
CREATE TABLE core.ipfs (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  status     text,                      -- ok, unreachable; NULL: nobody looked
  error      text,
  looked_at  timestamptz,
  ok_at      timestamptz
);
INSERT INTO core.ipfs DEFAULT VALUES;
INSERT INTO core.setting VALUES
  ('ipfs_fetch', 'false', 'bool', 'a computationCid that is not stored here is fetched by a worker that has ipfs_api');
INSERT INTO core.cron (name, kind, every_s, spec_fn) VALUES ('ipfs.probe', 12, 30, 'ipfs_probe_spec');

-- Lease contracts that are followed; one row each.
CREATE TABLE core.chain (
  name          text PRIMARY KEY,
  chain_id      bigint NOT NULL,        -- EIP-155
  contract      text NOT NULL CHECK (contract ~ '^0x[0-9a-f]{40}$'),
  earner        text NOT NULL CHECK (earner ~ '^0x[0-9a-f]{40}$'),   -- who our leases pay
  confirmations int NOT NULL DEFAULT 12,
  range_blocks  int NOT NULL DEFAULT 10000,     -- most blocks of one question
  keep_blocks   int NOT NULL DEFAULT 256,       -- a reorganisation this deep is undone
  lease_runs    int DEFAULT 1,          -- runs of an admitted lease; NULL: not counted
  lease_ttl_s   bigint DEFAULT 2592000, -- an admitted lease ends after this; NULL: never
  enabled       boolean NOT NULL DEFAULT true,
  cursor_block  bigint NOT NULL,        -- all up to here was read
  round         bigint NOT NULL DEFAULT 0,      -- fence: every change of cursor or rules adds one
  head          bigint,                 -- newest block that the node told of
  status        text,                   -- see core.chain_apply; NULL: nobody looked
  error         text,
  looked_at     timestamptz,
  ok_at         timestamptz,            -- last look that ended well
  strangers     bigint NOT NULL DEFAULT 0       -- leases for other earners that were passed over
);

CREATE TABLE core.chain_block (         -- blocks as they were when they were read
  chain   text NOT NULL REFERENCES core.chain,
  number  bigint NOT NULL,
  hash    bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (chain, number)
);

-- What the contract said of a lease as of a block: one row each time it spoke of
-- it.  A reorganisation removes rows; the newest that is left holds.
CREATE TABLE core.chain_lease (
  chain       text NOT NULL REFERENCES core.chain,
  lease_id    text NOT NULL,            -- 64 hex digits
  block       bigint NOT NULL,
  spender     text NOT NULL,
  earner      text NOT NULL,
  product     bytea NOT NULL,
  price       numeric NOT NULL,         -- wei
  max_price   numeric NOT NULL,
  approved    boolean NOT NULL,
  executed    boolean NOT NULL,
  executed_after boolean NOT NULL,      -- executed after it had been approved, both within the blocks of this row
  disputed    boolean NOT NULL,
  finalized   boolean NOT NULL,
  created_at  bigint NOT NULL,          -- seconds since the epoch, by the chain
  PRIMARY KEY (chain, lease_id, block)
);
CREATE INDEX chain_lease_spender ON core.chain_lease (spender);
CREATE INDEX chain_lease_block ON core.chain_lease (chain, block);

-- A template: the script that an owner lets others run for a task.
CREATE TABLE core.template (
  owner      int NOT NULL REFERENCES core.principal,
  task       text NOT NULL,
  sha256     bytea NOT NULL REFERENCES core.blob,
  variable   text NOT NULL,             -- the dataset's name in the script
  image      text,
  outputs    jsonb NOT NULL DEFAULT '[]',
  limits     jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (owner, task)
);
CREATE INDEX template_blob ON core.template (sha256);
CREATE TABLE core.training (            -- computations that came by a template
  job_id   uuid PRIMARY KEY,
  dataset  text NOT NULL,
  task     text NOT NULL,
  epsilon  numeric
);
