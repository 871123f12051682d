-- 0042_rewrap: the node key changes: what rests under it is sealed anew by an ordinary
-- job, keys.rewrap.  docs/design/keys.md.
INSERT INTO core.kind (id, name, lane, executor, max_attempts, timeout_ms, backoff_ms, backoff_cap_ms, service)
VALUES (141, 'keys.rewrap', 6, 'fork', 5, 900000, 200, 5000, 'credential');
INSERT INTO core.cred_kind (kind, wallet, private, max_bytes, node_only) VALUES (141, 'none', false, 1048576, true);
INSERT INTO core.job_call (call, kinds) VALUES
  ('sealed_count', '^keys\.rewrap$'), ('sealed_page', '^keys\.rewrap$'), ('sealed_put', '^keys\.rewrap$');

-- Boxes that open jobs were submitted with.  Nothing writes them anew: their job ends.
CREATE VIEW core.sealed_job AS
SELECT c.job_id, decode(j.spec ->> 'sealed', 'base64') AS sealed
  FROM core.cred_job c JOIN core.job j ON j.id = c.job_id
 WHERE c.finished_at IS NULL AND j.spec ->> 'sealed' IS NOT NULL;

-- Every column that holds what is sealed to the node key: a new one is a row here.
CREATE TABLE core.sealed_column (
  name      text PRIMARY KEY,           -- for people
  place     smallint NOT NULL UNIQUE,   -- in the order of the work
  relation  text NOT NULL,              -- of schema core
  col       text NOT NULL,
  keys      text[] NOT NULL,            -- columns of its primary key
  types     text[] NOT NULL,            -- their types
  -- row: seal_row under (seal_table, seal_id, tenant); box: to the node's public half; read: the same, nothing
  -- writes it anew; handle: under the node key and a handle that only a client has, it ends by itself
  form      text NOT NULL CHECK (form IN ('row', 'box', 'read', 'handle')),
  seal_table text,
  seal_id   text,                       -- an expression over the row x
  tenant    text,                       -- the same
  CHECK ((form = 'row') = (seal_table IS NOT NULL AND seal_id IS NOT NULL AND tenant IS NOT NULL)),
  CHECK (cardinality(keys) = cardinality(types) AND cardinality(keys) > 0)
);
INSERT INTO core.sealed_column VALUES
  ('wallet',         1, 'wallet',         'managed_key',   '{serial}',                '{bigint}',            'row',    'wallet',       'x.name',                                                   'x.tenant'),
  ('registry',       2, 'rev_reg',        'sealed_gamma',  '{serial}',                '{bigint}',            'row',    'rev_reg',      'x.id',                                                     'x.tenant'),
  ('prime',          3, 'prime',          'sealed',        '{id}',                    '{text}',              'row',    'prime',        'x.id',                                                     $$''$$),
  ('task',           4, 'agg_task',       'sealed',        '{task_no}',               '{int}',               'box',    NULL,           NULL,                                                       NULL),
  ('hpke key',       5, 'agg_hpke_key',   'sealed',        '{config_id}',             '{smallint}',          'row',    'agg_hpke_key', 'x.config_id::text',                                        $$''$$),
  ('sum',            6, 'agg_part',       'sealed',        '{task_no,bucket,job_no}', '{int,bytea,bigint}',  'row',    'agg_part',     $$concat_ws('/', x.task_no, x.job_no, core.b64(x.bucket))$$, $$''$$),
  ('noise, leader',  7, 'agg_collection', 'noise',         '{collection_no}',         '{bigint}',            'row',    'agg_noise',    'core.id16_text(x.collection_id)',                          $$''$$),
  ('noise, helper',  8, 'agg_served',     'noise',         '{served_no}',             '{bigint}',            'row',    'agg_noise',    $$encode(x.digest, 'hex')$$,                                $$''$$),
  ('unlock',         9, 'wallet_unlock',  'sealed_master', '{sha256}',                '{bytea}',             'handle', NULL,           NULL,                                                       NULL),
  ('open job',      10, 'sealed_job',     'sealed',        '{job_id}',                '{uuid}',              'read',   NULL,           NULL,                                                       NULL);
