-- Who may do what: principals, their keys and tokens, nonces and rates.
CREATE TABLE core.principal (
  id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  public_id  text NOT NULL UNIQUE,      -- prn_ + 26 base32
  name       text NOT NULL UNIQUE,
  roles      text[] NOT NULL,           -- consumer, owner, operator, auditor
  tenant     text,
  enabled    boolean NOT NULL DEFAULT true,
  max_running int,                      -- NULL: no limit
  seal_key   bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE core.principal_key (
  peer_id    text PRIMARY KEY,          -- normal form: base58 multihash
  principal  int NOT NULL REFERENCES core.principal,
  alg        text NOT NULL CHECK (alg IN ('ed25519', 'rsa', 'secp256k1', 'ecdsa')),
  public_key bytea NOT NULL,            -- ed25519: 32 bytes; others: DER SubjectPublicKeyInfo
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz
);
CREATE INDEX principal_key_principal ON core.principal_key (principal);

CREATE TABLE core.principal_address (   -- proved wallet addresses
  address    text PRIMARY KEY CHECK (address ~ '^0x[0-9a-f]{40}$'),
  principal  int NOT NULL REFERENCES core.principal,
  proved_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE core.token (
  id         text PRIMARY KEY,          -- tok_ + 26 base32
  principal  int NOT NULL REFERENCES core.principal,
  sha256     bytea NOT NULL UNIQUE,     -- of the whole token text
  name       text NOT NULL,
  scopes     text[] NOT NULL,
  made_by    text,                      -- the token that made it; it dies with that one
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz
);
CREATE INDEX token_principal ON core.token (principal);

-- A nonce works once per principal.  Writes: in the transaction of the effect.
CREATE TABLE core.nonce (
  principal  int NOT NULL,
  nonce      text NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (principal, nonce)
);
CREATE INDEX nonce_at ON core.nonce (at);
-- Reads: unlogged; reads stamped before the server's start are refused instead.
-- A crash of one backend empties unlogged tables without restarting the server:
-- nonce_epoch is emptied with them, and its new row says since when they count.
CREATE UNLOGGED TABLE core.nonce_read (
  principal  int NOT NULL,
  nonce      text NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (principal, nonce)
);
CREATE INDEX nonce_read_at ON core.nonce_read (at);
CREATE UNLOGGED TABLE core.nonce_epoch (
  one    boolean PRIMARY KEY DEFAULT true CHECK (one),
  since  timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO core.nonce_epoch DEFAULT VALUES;

-- Token buckets; a crash refills them.  The row of bucket 'submit' is also the
-- lock that serialises the writes of one principal.
CREATE UNLOGGED TABLE core.rate (
  principal  int NOT NULL,
  bucket     text NOT NULL CHECK (bucket IN ('submit', 'read')),
  tokens     double precision NOT NULL,
  at         timestamptz NOT NULL,
  room       int NOT NULL DEFAULT 0,    -- submits that surely fit under open_jobs_max; 0: count again
  room_cap   int NOT NULL DEFAULT 0,    -- the cap that room was counted for
  PRIMARY KEY (principal, bucket)
) WITH (fillfactor = 50);

-- What a route asks for, and which roles have it.  A key carries every scope
-- of its principal's roles, a token those it was made with.
CREATE TABLE core.scope (
  name   text PRIMARY KEY,
  roles  text[] NOT NULL,
  help   text NOT NULL
);
INSERT INTO core.scope VALUES
  ('job:submit',    '{consumer}',                        'run scripts, store scripts, release nothing'),
  ('job:read',      '{consumer,owner,operator,auditor}', 'state and results: each role sees its own part'),
  ('job:cancel',    '{consumer,owner,operator}',         'end and purge jobs'),
  ('asset:read',    '{owner,consumer}',                  'assets and products: metadata, never bytes'),
  ('asset:write',   '{owner}',                           'store and change assets and products'),
  ('lease:request', '{consumer,owner}',                  'propose leases; read one''s own'),
  ('lease:grant',   '{owner}',                           'grant, approve, reject and revoke leases'),
  ('review',        '{owner}',                           'release and withhold output'),
  ('audit',         '{auditor,operator}',                'read the audit'),
  ('operate',       '{operator}',                        'principals, images, lanes, workers'),
  ('token',         '{consumer,owner,operator,auditor}', 'make and kill one''s own tokens');

-- What core.authenticate found out: a principal, or the refusal to answer.
CREATE TYPE core.caller AS (
  id         int,
  public_id  text,
  roles      text[],
  token      text,      -- id of the token used; NULL: a key
  room       int,       -- see core.rate
  rate       jsonb,     -- {limit,remaining,reset_s} for RateLimit-*
  refusal    core.answer -- err NULL: go on
);

-- Audit from the first day, unchained; a later job fills prev_hash and hash.
CREATE TABLE core.event (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor       text NOT NULL,            -- principal's public id, 'node', 'worker:N', 'psql:ROLE'
  verb        text NOT NULL,            -- noun.past: job.submitted, lease.granted, ...
  object      text NOT NULL,            -- public id
  detail      jsonb,                    -- words and numbers of ours; never data, script, output or secret
  detail_hash bytea,
  prev_hash   bytea,
  hash        bytea
);
CREATE INDEX event_object ON core.event (object, seq);
CREATE TABLE core.checkpoint (seq bigint PRIMARY KEY, hash bytea NOT NULL, sig bytea NOT NULL);
