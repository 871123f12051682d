-- A chain's leases: the rules of following, what an applied look does, its fence, who may.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.lease_of(p jsonb) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('id', repeat('a1', 32), 'found', true, 'words', 9, 'spender', '0x' || repeat('50', 20), 'earner', '0x' || repeat('ea', 20),
     'product', repeat('11', 32), 'price', '5', 'max_price', '7', 'approved', false, 'executed', false, 'executed_after', false, 'disputed', false,
     'finalized', false, 'created_at', 1) || p $$;
-- one look that found these leases up to this block, applied as its job ends
CREATE FUNCTION pg_temp.look(p_to int, p_leases jsonb, p jsonb DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE v uuid := core.enqueue(10::smallint, 0, core.chain_spec('{"chain": "main"}'));
BEGIN
  PERFORM core.chain_apply(v, jsonb_build_object('status', 'ok', 'head', p_to + 12, 'steps',
    jsonb_build_array(jsonb_build_object('to', p_to, 'hash', encode(sha256(p_to::text::bytea), 'hex'), 'leases', p_leases))) || p);
END $$;
CREATE FUNCTION pg_temp.local() RETURNS text LANGUAGE sql AS $$ SELECT concat_ws(' ', state, max_runs, trim_scale(price)) FROM core.data_lease WHERE lease_id = repeat('a1', 32) $$;

-- rules
SELECT throws_ok(format('SELECT api.chain_set(%L, %L)', x.name, x.p), '22023', x.says, x.says) FROM (VALUES
  ('Main', '{}', 'name: 1 to 32 lower-case letters, digits, hyphens and underscores'),
  ('main', '[]', 'rules: an object'),
  ('main', '{"chain_id": 1}', 'chain_id, contract, earner and start_block are needed'),
  ('main', '{"url": "http://"}', 'url: no such rule'),
  ('main', '{"chain_id": 1, "start_block": 0, "earner": "0xab", "contract": "0x0000000000000000000000000000000000000001"}', 'earner: 0x and 40 hex digits'),
  ('main', '{"chain_id": 1.5, "start_block": 0, "earner": "0x0000000000000000000000000000000000000001", "contract": "0x0000000000000000000000000000000000000001"}', 'chain_id: 1 to 9007199254740990'),
  ('main', '{"chain_id": 1, "start_block": -1, "earner": "0x0000000000000000000000000000000000000001", "contract": "0x0000000000000000000000000000000000000001"}', 'start_block: 0 to 9007199254740990')) x (name, p, says);
SELECT is(core.chain_spec('{"chain": "main"}'), NULL, 'nothing is followed: no job');
SELECT is(api.chain_set('main', jsonb_build_object('chain_id', 5, 'start_block', 10, 'contract', '0x' || repeat('C0', 20), 'earner', '0x' || repeat('EA', 20))) ->> 'cursor_block', '9', 'a chain is followed');
SELECT throws_ok($$SELECT api.chain_set('main', '{"contract": "0x0000000000000000000000000000000000000001"}')$$, '22023', NULL, 'its contract does not change');
SELECT is(core.chain_spec('{"chain": "main"}') - 'round', jsonb_build_object('chain', 'main', 'chain_id', 5, 'contract', repeat('c0', 20), 'confirmations', 12, 'range', 10000, 'cursor', 9, 'known', '[]'::jsonb), 'what a look is told');
SELECT is((SELECT (kind, every_s, spec_fn, spec)::text FROM core.cron WHERE name = 'chain:main'), '(10,15,chain_spec,"{""chain"": ""main""}")', 'it is a periodic job');

-- a lease comes
SELECT api.product_put(pg_temp.auth('own', 'asset:write'), pg_temp.idem(jsonb_build_object('productId', 'did:pandacea:a:b/c', 'name', 'n', 'dataType', 't', 'assets', '["d1"]'::jsonb, 'chain_product_id', repeat('11', 32)))) \g /dev/null
SELECT pg_temp.look(20, jsonb_build_array(pg_temp.lease_of('{}'))) \g /dev/null
SELECT is(pg_temp.local(), NULL, 'an address of nobody: no lease');
SELECT is((SELECT verdict FROM ops.chain_leases), 'spender', 'and the view says why');
INSERT INTO core.principal_address (address, principal) VALUES ('0x' || repeat('50', 20), pg_temp.who('con'));
SELECT pg_temp.look(21, '[]') \g /dev/null
SELECT is(pg_temp.local(), 'pending 0.000000000000000005', 'bound: it waits for its approval');
SELECT is(pg_temp.says(api.lease_approve(pg_temp.auth('own', 'lease:grant'), jsonb_build_object('id', repeat('a1', 32)))), 'CONFLICT the lease is approved on its chain', 'which is not ours to give');
SELECT pg_temp.look(22, jsonb_build_array(pg_temp.lease_of('{"approved": true}'))) \g /dev/null
SELECT is(pg_temp.local(), 'approved 1 0.000000000000000005', 'approved, with one run');
SELECT is((SELECT count(*) FROM core.data_lease_asset x JOIN core.data_lease l USING (serial) WHERE l.lease_id = repeat('a1', 32)), 1::bigint, 'on what the product covers');
SELECT is(pg_temp.says(pg_temp.submit(jsonb_build_object('lease_id', repeat('a1', 32)))), 'UNAUTHORIZED this lease needs the X-Pandacea-Spender-Address header', 'its spender must be signed for');
SELECT is(pg_temp.says(pg_temp.submit(jsonb_build_object('lease_id', repeat('a1', 32), 'spender', '0x' || repeat('50', 20)))), '202', 'then it admits a job');
SELECT pg_temp.look(23, jsonb_build_array(pg_temp.lease_of('{"approved": true, "executed": true}'))) \g /dev/null
SELECT is(pg_temp.local() || (SELECT chain ->> 'executed' FROM core.data_lease WHERE lease_id = repeat('a1', 32)), 'approved 1 0.000000000000000005true', 'an execution is recorded and ends nothing');
SELECT pg_temp.look(24, jsonb_build_array(pg_temp.lease_of('{"approved": true, "executed": true, "disputed": true}'))) \g /dev/null
SELECT is((SELECT reason FROM core.dispute), 'disputed on chain main', 'a dispute is one here, too');

-- fences
SELECT core.chain_spec('{"chain": "main"}') AS stale \gset
SELECT pg_temp.look(25, '[]') \g /dev/null
SELECT core.enqueue(10::smallint, 0, :'stale') AS j \gset
SELECT core.chain_apply(:'j', '{"status": "ok", "head": 99, "rewind": 10, "steps": []}') \g /dev/null
SELECT is((SELECT (cursor_block, head)::text FROM core.chain), '(25,37)', 'a look of another round changes nothing');
SELECT throws_ok($$SELECT pg_temp.look(25, '[]')$$, '22000', NULL, 'a step must go on');
SELECT api.chain_set('main', '{"enabled": false}') \g /dev/null
SELECT is(core.chain_spec('{"chain": "main"}'), NULL, 'switched off: no further job');
SELECT api.chain_set('main', '{"enabled": true}') \g /dev/null

-- reorganisations
SELECT pg_temp.look(26, '[]', '{"rewind": 21}') \g /dev/null
SELECT is(pg_temp.local(), 'pending 1 0.000000000000000005', 'the approval vanished');
SELECT is((SELECT string_agg(DISTINCT d.reason, ',') FROM core.done d JOIN core.computation m ON m.job_id = d.id JOIN core.data_lease l ON l.serial = m.serial WHERE l.lease_id = repeat('a1', 32)), 'LEASE_REVOKED', 'its open job ended');
SELECT pg_temp.look(27, '[]', '{"rewind": 9}') \g /dev/null
SELECT is((SELECT state || (chain ->> 'undone') FROM core.data_lease WHERE lease_id = repeat('a1', 32)), 'revokedtrue', 'the lease vanished');
SELECT pg_temp.look(28, jsonb_build_array(pg_temp.lease_of('{"approved": true}'))) \g /dev/null
SELECT is(pg_temp.local(), 'approved 1 0.000000000000000005', 'and came again');
SELECT is(pg_temp.says(api.lease_revoke(pg_temp.auth('own', 'lease:grant'), jsonb_build_object('id', repeat('a1', 32)))), '200', 'its owner ends it');
SELECT pg_temp.look(29, jsonb_build_array(pg_temp.lease_of('{"approved": true}'))) \g /dev/null
SELECT is((SELECT state FROM core.data_lease WHERE lease_id = repeat('a1', 32)), 'revoked', 'for good');
SELECT alike(api.chain_rewind('main', 9), 'chain main goes on after block 9%', 'an operator rewinds');
SELECT is((SELECT (count(*), (SELECT count(*) FROM core.chain_lease))::text FROM core.chain_block), '(0,0)', 'nothing is remembered');
SELECT throws_ok($$SELECT api.chain_rewind('main', 10)$$, '22023', NULL, 'not forwards');

-- a lease of that name that was granted by hand
SELECT pg_temp.grant(jsonb_build_object('lease_id', repeat('b2', 32), 'assets', '["d1"]'::jsonb)) \g /dev/null
SELECT pg_temp.look(30, jsonb_build_array(pg_temp.lease_of(jsonb_build_object('id', repeat('b2', 32), 'approved', false)))) \g /dev/null
SELECT is((SELECT (state, chain)::text FROM core.data_lease WHERE lease_id = repeat('b2', 32)), '(approved,)', 'is left alone');

-- memory
SELECT api.chain_set('main', '{"keep_blocks": 40}') \g /dev/null
SELECT count(pg_temp.look(n, '[]')) FROM generate_series(31, 100) n \g /dev/null
SELECT is((SELECT (min(number), max(number))::text FROM core.chain_block), '(60,100)', 'blocks deeper than keep_blocks are forgotten');
SELECT is((SELECT string_agg(k ->> 'number', ' ') FROM jsonb_array_elements(core.chain_spec('{"chain": "main"}') -> 'known') k), '100 99 98 97 96 95 94 93 85 69 60', 'a look names some of them');

SET LOCAL ROLE darkroom_worker;
SELECT throws_ok($$SELECT api.chain_set('main', '{"enabled": false}')$$, '42501', NULL, 'a worker changes no rules');
RESET ROLE;
SET LOCAL ROLE darkroom_operator;
SELECT lives_ok($$SELECT api.chain_set('main', '{"every_s": 5}')$$, 'an operator does');
SELECT lives_ok('SELECT * FROM ops.chain', 'and looks');
SELECT lives_ok('SELECT * FROM ops.chain_leases', 'at the leases, too');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
