-- Definitions, registries, indices, lists, offers, nonces, primes.
BEGIN;
\ir cred.psql
CREATE TABLE pg_temp.held (n text, l core.lease);
CREATE FUNCTION pg_temp.hold(p_n text, p_kind text DEFAULT 'issuer.create_credential', p_args jsonb DEFAULT '{"wallet": "w"}') RETURNS void LANGUAGE sql AS
$$ INSERT INTO pg_temp.held SELECT p_n, pg_temp.start(p_kind, p_args) $$;
CREATE FUNCTION pg_temp.l(p_n text) RETURNS core.lease LANGUAGE sql AS $$ SELECT h.l FROM pg_temp.held h WHERE h.n = p_n $$;
CREATE FUNCTION pg_temp.asks(p_n text, p_call text, p_args jsonb) RETURNS jsonb LANGUAGE sql AS
$$ SELECT coalesce(a -> 'err' -> 'code', a -> 'value') FROM pg_temp.ask(pg_temp.l(p_n), p_call, p_args) a $$;
CREATE FUNCTION pg_temp.does(p_kind text, p_writes jsonb, p_args jsonb DEFAULT '{"wallet": "w"}', p jsonb DEFAULT '{}', p_who text DEFAULT 'ann') RETURNS text LANGUAGE plpgsql AS $$
DECLARE l core.lease := pg_temp.start(p_kind, p_args, '{}', p_who);
BEGIN
  PERFORM pg_temp.end(l, pg_temp.good(p_writes, '{"status": 200, "body": {}}') || p);
  RETURN pg_temp.state(l.id);
END $$;
CREATE FUNCTION pg_temp.def(p_id text, p jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_array(jsonb_build_object('op', 'cred_def', 'id', p_id, 'issuer_id', 'did', 'schema_id', 's', 'tag', p_id, 'bits', 2048, 'revocable', true,
     'object', jsonb_build_object('tag', p_id), 'key_proof', '{"c": "1"}'::jsonb) || p) $$;
-- a registry of L = 10: its tails are a file of the outcome
CREATE FUNCTION pg_temp.reg(p_id text, p_def text, p_l int DEFAULT 10) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.does('issuer.create_rev_reg', jsonb_build_array(jsonb_build_object('op', 'rev_reg', 'id', p_id, 'cred_def_id', p_def, 'tag', 't', 'max_cred_num', p_l, 'issuance', 'by_default',
     'accumulator', 'acc0', 'bitmap', encode(decode(repeat('00', (p_l + 7) / 8), 'hex'), 'base64'), 'timestamp', 100, 'object', jsonb_build_object('value', jsonb_build_object('tailsHash', 'hash' || p_id)),
     'tails_sha256', encode(sha256(p_id::bytea), 'hex'), 'sealed_gamma', pg_temp.b64('gamma'))), '{"wallet": "w"}',
     jsonb_build_object('files', jsonb_build_array(jsonb_build_object('name', 'tails', 'sha256', encode(sha256(p_id::bytea), 'hex'), 'size', length(p_id), 'store', 'pg', 'data_b64', pg_temp.b64(p_id))))) $$;
SELECT is(pg_temp.does('issuer.create_schema', '[{"op": "schema", "id": "s", "issuer_id": "did", "name": "n", "version": "1", "object": {"name": "n"}}]', '{}'), 'completed', 'a schema');
SELECT is(pg_temp.does('issuer.create_schema', '[{"op": "schema", "id": "s2", "issuer_id": "did", "name": "n", "version": "1", "object": {"name": "n"}}]', '{}'), 'queued', 'the same name and version: looked at again');
SELECT is(pg_temp.does('issuer.create_cred_def', pg_temp.def('d')), 'completed', 'a definition');
SELECT is(pg_temp.does('issuer.create_cred_def', pg_temp.def('d2', '{"tag": "d"}')), 'queued', 'another of its issuer, schema and tag: looked at again');
SELECT is(pg_temp.says(pg_temp.submit('issuer.rotate_cred_def_start', '{"cred_def_id": "d"}')), '202', 'by its definition a wallet is found');
SELECT matches(pg_temp.says(pg_temp.submit('issuer.rotate_cred_def_start', '{"cred_def_id": "d"}', '{}', 'cat')), '^WALLET_NOT_FOUND', 'not another tenant''s');
SELECT is(pg_temp.reg('r1', 'd'), 'completed', 'a registry');
SELECT is((SELECT state || next_index || n FROM core.rev_reg WHERE id = 'r1'), 'active11', 'is the active one');
SELECT is(pg_temp.reg('r2', 'd'), 'completed', 'a second');
SELECT is((SELECT state || n FROM core.rev_reg WHERE id = 'r2'), 'ready2', 'is ready');

-- reading
CREATE FUNCTION pg_temp.object(p jsonb, p_who text DEFAULT 'ben') RETURNS core.answer LANGUAGE sql AS $$ SELECT api.cred_object_show(pg_temp.auth(p_who, 'cred:read', false), p) $$;
SELECT is((pg_temp.object('{"kind": "schema", "id": "s"}')).body, '{"name": "n"}', 'a schema is read');
SELECT is((pg_temp.object('{"kind": "cred_def", "id": "d"}')).body, '{"tag": "d"}', 'a definition');
SELECT is((pg_temp.object('{"kind": "rev_reg", "id": "r1"}')).body, '{"value": {"tailsHash": "hashr1"}}', 'a registry');
SELECT is((pg_temp.object('{"kind": "rev_list", "id": "r1"}')).body, '{"revRegDefId": "r1", "issuerId": "did", "revocationList": [0,0,0,0,0,0,0,0,0,0], "currentAccumulator": "acc0", "timestamp": 100}', 'a list');
SELECT is(pg_temp.says(pg_temp.object('{"kind": "rev_list", "id": "r1", "at": 99}')), 'NOT_FOUND no such object', 'none before the first');
SELECT is(pg_temp.says(pg_temp.object(jsonb_build_object('kind', k, 'id', i), 'cat')), 'NOT_FOUND no such object', 'another tenant sees no ' || k) FROM (VALUES ('schema', 's'), ('cred_def', 'd'), ('rev_reg', 'r1'), ('rev_list', 'r1')) x (k, i);
SELECT is((SELECT string_agg(x ->> 'id', ' ') FROM jsonb_array_elements((api.cred_object_list(pg_temp.auth('ann', 'cred:read', false), '{"kind": "rev_reg"}')).body -> 'data') x), 'r1 r2', 'lists of them');
SELECT is((api.cred_object_list(pg_temp.auth('cat', 'cred:read', false), '{"kind": "rev_reg"}')).body -> 'data', '[]', 'for the tenant');
SELECT is((api.tails_get('{"mode": "none"}', '{"hash": "hashr1"}')).extra #>> '{blob,data_b64}', pg_temp.b64('r1'), 'tails are for everybody');
UPDATE core.setting SET value = 'false' WHERE name = 'tails_public';
SELECT is(pg_temp.says(api.tails_get('{"mode": "none"}', '{"hash": "hashr1"}')), 'UNAUTHORIZED this call needs a signature or a token', 'or not');
SELECT is(pg_temp.says(api.tails_get(pg_temp.auth('cat', 'cred:read', false), '{"hash": "hashr1"}')), 'NOT_FOUND no such file', 'then for the tenant');
SELECT is(core.bits_json('\x8101', 10), '[1,0,0,0,0,0,0,1,1,0]', 'bits from the low end');

-- indices
SELECT pg_temp.hold('i1'), pg_temp.hold('i2') \g /dev/null
SELECT is(pg_temp.asks('i1', 'rev_index', '{"definition": "d"}') -> 'index', '1', 'the first');
SELECT is(pg_temp.asks('i2', 'rev_index', '{"definition": "d"}') -> 'index', '2', 'the second');
SELECT is(pg_temp.asks('i1', 'rev_index', '{"definition": "d"}') -> 'index', '1', 'asked again it is the same');
SELECT is(pg_temp.asks('i1', 'rev_index', '{"definition": "d"}') - '{index,next_index,tag,state,tails_sha256}'::text[], jsonb_build_object('registry', 'r1', 'version', 1, 'accumulator', 'acc0', 'max_cred_num', 10, 'issuance', 'by_default',
  'object', '{"value": {"tailsHash": "hashr1"}}'::jsonb, 'cred_def_id', 'd', 'issuer_id', 'did', 'cred_def', '{"tag": "d"}'::jsonb, 'timestamp', 100, 'sealed_gamma', pg_temp.b64('gamma'), 'sealed_at', '{"table": "rev_reg", "id": "r1"}'::jsonb), 'with its registry');
SELECT pg_temp.end(pg_temp.l('i1'), pg_temp.bad('PROOF_REJECTED')), pg_temp.end(pg_temp.l('i2'), pg_temp.good('[]', '{"private_b64": "AA=="}')) \g /dev/null
SELECT is((SELECT string_agg(idx || state, ' ' ORDER BY idx) FROM core.rev_index), '1burnt 2issued', 'a failed job''s is burnt');
SELECT is(pg_temp.asks('i1', 'rev_index', '{"definition": "d"}'), NULL, 'whoever has ended asks no more');
CREATE FUNCTION pg_temp.take(p jsonb DEFAULT '{"definition": "d"}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE l core.lease := pg_temp.start('issuer.create_credential', '{"wallet": "w"}'); a jsonb := pg_temp.ask(l, 'rev_index', p);
BEGIN
  PERFORM pg_temp.end(l, pg_temp.good('[]', '{"private_b64": "AA=="}'));
  RETURN coalesce(a #>> '{err,code}', (a #>> '{value,registry}') || ':' || (a #>> '{value,index}'));
END $$;
SELECT is((SELECT string_agg(pg_temp.take(), ' ') FROM generate_series(3, 12)), 'r1:3 r1:4 r1:5 r1:6 r1:7 r1:8 r1:9 r2:1 r2:2 r2:3', 'the last one moves to the next registry');
SELECT is((SELECT string_agg(id || state, ' ' ORDER BY n) FROM core.rev_reg), 'r1full r2active', 'one is active');
SELECT is(pg_temp.take('{"definition": "d", "registry": "r1"}'), 'REGISTRY_FULL', 'a full one that is named');
SELECT is(pg_temp.take('{"definition": "d", "registry": "r9"}'), 'NOT_FOUND', 'none that is named');
SELECT is((SELECT string_agg(pg_temp.take(), ' ') FROM generate_series(1, 7)), 'r2:4 r2:5 r2:6 r2:7 r2:8 r2:9 REGISTRY_FULL', 'none is left');
SELECT is(pg_temp.take('{"definition": "x"}'), 'ITEM_NOT_FOUND', 'no such definition');
SELECT is((SELECT count(*) FROM core.idem WHERE route = 'cred_auto'), 0::bigint, 'nothing is made ahead unasked');

-- made ahead
SELECT is(pg_temp.does('issuer.create_cred_def', pg_temp.def('e', '{"auto": true}')) || pg_temp.reg('e1', 'e'), 'completedcompleted', 'a definition with auto');
SELECT is((SELECT string_agg(pg_temp.take('{"definition": "e"}'), ' ') FROM generate_series(1, 7)), 'e1:1 e1:2 e1:3 e1:4 e1:5 e1:6 e1:7', 'up to four fifths');
SELECT is((SELECT count(*) FROM core.idem WHERE route = 'cred_auto'), 0::bigint, 'nothing yet');
SELECT pg_temp.take('{"definition": "e"}') \g /dev/null
SELECT is((SELECT (j.principal = pg_temp.who('ann'), j.lane, j.spec - 'wallet')::text FROM core.idem i JOIN core.job j ON j.id = i.job_id WHERE i.key = 'auto:e:2'),
  '(t,6,"{""args"": {""tag"": ""auto-2"", ""wallet"": ""w"", ""issuance"": ""by_default"", ""cred_def_id"": ""e"", ""max_cred_num"": 10}, ""kind"": ""issuer.create_rev_reg""}")', 'then the next is asked for');
SELECT is(pg_temp.take('{"definition": "e"}') || ' ' || pg_temp.take('{"definition": "e"}') || ' ' || pg_temp.take('{"definition": "e"}'), 'e1:9 REGISTRY_FULL REGISTRY_FULL', 'before it is there');
SELECT is((SELECT count(*) FROM core.cred_job q JOIN core.kind k ON k.id = q.kind WHERE k.name = 'issuer.create_rev_reg' AND q.finished_at IS NULL), 1::bigint, 'it is one, however many ask');
SELECT core.job_final(i.job_id, 'failed', 'INTERNAL') FROM core.idem i WHERE i.key = 'auto:e:2' \g /dev/null
SELECT pg_temp.take('{"definition": "e"}') \g /dev/null
SELECT is((SELECT count(*) FROM core.idem i JOIN core.cred_job q ON q.job_id = i.job_id WHERE i.key = 'auto:e:2' AND q.finished_at IS NULL), 1::bigint, 'one that failed is followed by another');
SELECT is(pg_temp.reg('e2', 'e') || ' ' || pg_temp.take('{"definition": "e"}'), 'completed e2:1', 'and issuing goes on');

-- revocation
CREATE FUNCTION pg_temp.change(p_version int, p_acc text, p_bits text, p_at bigint) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.does('issuer.revoke', jsonb_build_array(jsonb_build_object('op', 'rev_change', 'registry', 'r1', 'version', p_version, 'accumulator', p_acc, 'bitmap', encode(decode(p_bits, 'hex'), 'base64'), 'timestamp', p_at)),
     '{"registry": "r1", "indices": [1]}') $$;
SELECT pg_temp.hold('rev', 'issuer.revoke', '{"registry": "r1", "indices": [1]}') \g /dev/null
SELECT is((SELECT (a -> 'version', a -> 'bitmap', a -> 'sealed_gamma')::text FROM pg_temp.asks('rev', 'rev_state', '{"registry": "r1"}') a), '(1,"""AAA=""","""Z2FtbWE=""")', 'a registry as it is');
SELECT is(pg_temp.asks('rev', 'rev_state', '{"registry": "x"}'), '"NOT_FOUND"', 'or none');
SELECT is(pg_temp.change(1, 'acc1', '0200', 200), 'completed', 'a change');
SELECT is(pg_temp.change(1, 'acc2', '0400', 210), 'queued', 'one of a version that is gone runs again');
SELECT is(pg_temp.change(2, 'acc2', '06', 210), 'failed INTERNAL', 'a list of another length');
SELECT is(pg_temp.change(2, 'acc2', '0600', 150), 'failed INVALID_STRUCTURE', 'one before the last');
SELECT is(pg_temp.change(2, 'acc2', '0600', 300), 'completed', 'the next');
SELECT is((SELECT string_agg((pg_temp.object(jsonb_build_object('kind', 'rev_list', 'id', 'r1', 'at', t))).body ->> 'currentAccumulator', ' ') FROM (VALUES (100), (199), (200), (299), (300), (999)) x (t)), 'acc0 acc0 acc1 acc1 acc2 acc2', 'each is kept, and read as of its time');
SELECT is((pg_temp.object('{"kind": "rev_list", "id": "r1"}')).body -> 'revocationList', '[0, 1, 1, 0, 0, 0, 0, 0, 0, 0]', 'with its bits');

-- offers, nonces
SELECT is(pg_temp.does('issuer.create_offer', '[{"op": "offer", "nonce": "1", "cred_def_id": "d"}, {"op": "offer", "nonce": "2", "cred_def_id": "d"}]'), 'completed', 'offers');
SELECT is(pg_temp.does('issuer.create_offer', '[{"op": "offer", "nonce": "3", "cred_def_id": "x"}]'), 'failed ITEM_NOT_FOUND', 'not of a definition that is not there');
SELECT pg_temp.hold('o1'), pg_temp.hold('o2') \g /dev/null
SELECT is(pg_temp.asks('o1', 'offer_take', '{"nonce": "1"}'), '{"cred_def": "d"}', 'taken');
SELECT is(pg_temp.asks('o1', 'offer_take', '{"nonce": "1"}'), '{"cred_def": "d"}', 'and again by the same');
SELECT is(pg_temp.asks('o2', 'offer_take', '{"nonce": "1"}'), 'null', 'not by another');
SELECT is(pg_temp.asks('o2', 'offer_take', '{"nonce": "9"}'), 'null', 'nor one that never was');
SELECT pg_temp.end(pg_temp.l('o1'), pg_temp.bad('PROOF_REJECTED')) \g /dev/null
SELECT is(pg_temp.asks('o2', 'offer_take', '{"nonce": "1"}'), '{"cred_def": "d"}', 'a failed job gives it back');
SELECT pg_temp.end(pg_temp.l('o2'), pg_temp.good('[]', '{"private_b64": "AA=="}')) \g /dev/null
SELECT pg_temp.hold('o3') \g /dev/null
SELECT is(pg_temp.asks('o3', 'offer_take', '{"nonce": "1"}'), 'null', 'used, it is used up');
UPDATE core.offer SET expires_at = clock_timestamp() WHERE nonce = '2';
SELECT is(pg_temp.asks('o3', 'offer_take', '{"nonce": "2"}'), 'null', 'late, it is too late');
INSERT INTO core.request_nonce (tenant, nonce, expires_at) VALUES ('t:acme', '7', clock_timestamp() + interval '1 h');
SELECT pg_temp.hold('v1', 'verifier.verify_presentation', '{}'), pg_temp.hold('v2', 'verifier.verify_presentation', '{}') \g /dev/null
SELECT is(pg_temp.asks('v1', 'request_nonce', '{"nonce": "7"}'), '{"known": true, "fresh": true}', 'a nonce of ours');
SELECT is(pg_temp.asks('v2', 'request_nonce', '{"nonce": "7"}'), '{"known": true, "fresh": false}', 'once');
SELECT is(pg_temp.asks('v2', 'request_nonce', '{"nonce": "8"}'), '{"known": false, "fresh": false}', 'not of ours');

-- rotation
SELECT is(pg_temp.does('issuer.rotate_cred_def_start', '[{"op": "cred_def_next", "id": "d", "object": {"tag": "new"}, "key_proof": {"c": "2"}, "version": 1}]', '{"cred_def_id": "d"}'), 'completed', 'a new key beside the old one');
SELECT is((pg_temp.object('{"kind": "cred_def", "id": "d"}')).body, '{"tag": "d"}', 'which is in force');
SELECT is(pg_temp.does('issuer.rotate_cred_def_apply', '[{"op": "cred_def_apply", "id": "d", "version": 1}]', '{"cred_def_id": "d"}'), 'completed', 'until');
SELECT is((pg_temp.object('{"kind": "cred_def", "id": "d"}')).body, '{"tag": "new"}', 'it is not');
SELECT is(pg_temp.does('issuer.rotate_cred_def_apply', '[{"op": "cred_def_apply", "id": "d", "version": 2}]', '{"cred_def_id": "d"}'), 'queued', 'not twice');

-- primes
SELECT pg_temp.submit('wallet.export', '{"wallet": "w"}') \g /dev/null
SELECT is(core.primes_spec('{}'), NULL, 'nothing is made while the heavy lanes have work');
DELETE FROM core.ready WHERE lane = 6;
SELECT is(core.primes_spec('{}'), '{"kind": "primes.fill", "args": {"bits": 1024, "count": 8}}', 'then it is');
SELECT is(pg_temp.does('primes.fill', '[{"op": "prime", "id": "p1", "bits": 1024, "sealed_p": "AQ=="}, {"op": "prime", "id": "p2", "bits": 1024, "sealed_p": "Ag=="}, {"op": "prime", "id": "p3", "bits": 1024, "sealed_p": "Aw=="}, {"op": "prime", "id": "q", "bits": 1536, "sealed_p": "BA=="}]', '{}', '{}', 'op'), '', 'three and one');
SELECT is((SELECT count(*) FROM core.prime), 4::bigint, 'are there');
SELECT pg_temp.hold('k', 'issuer.create_cred_def') \g /dev/null
SELECT is(api.job_open((pg_temp.l('k')).id, (pg_temp.l('k')).token) -> 'primes', '[{"id": "p1", "bits": 1024, "sealed": "AQ=="}, {"id": "p2", "bits": 1024, "sealed": "Ag=="}]', 'a key is given two');
SELECT is((SELECT string_agg(id, ' ' ORDER BY id) FROM core.prime), 'p3 q', 'which are gone');
SELECT is(api.job_open((pg_temp.l('k')).id, (pg_temp.l('k')).token) -> 'primes', '[{"id": "p3", "bits": 1024, "sealed": "Aw=="}]', 'a second look gives others, or fewer');
SELECT is(api.job_open((pg_temp.l('k')).id, (pg_temp.l('k')).token) -> 'primes', NULL, 'or none');
SELECT is(core.primes_spec('{}') #> '{args,bits}', '1024', 'the size that has fewest is made');
UPDATE core.prime SET expires_at = clock_timestamp();
SELECT core.cred_retain_step() \g /dev/null
SELECT is((SELECT count(*) FROM core.prime), 0::bigint, 'old ones go');

-- what operators see
SET LOCAL ROLE darkroom_auditor;
SELECT is((SELECT string_agg(concat_ws(' ', registry, state, size, issued, burnt, indices_left, list_version), ', ') FROM ops.registries WHERE definition = 'd'), 'r1 full 10 8 1 0 3, r2 full 10 9 0 0 1', 'ops.registries');
SELECT is((SELECT string_agg(concat_ws(' ', tenant, wallet, method, definitions), ', ') FROM ops.wallets), 't:acme a argon2i_mod 0, t:acme m managed 0, t:acme w raw 2', 'ops.wallets');
SELECT lives_ok('SELECT * FROM ops.' || v, 'ops.' || v) FROM (VALUES ('primes'), ('cred_lanes'), ('cred_kinds')) x (v);
RESET ROLE;
SELECT is((SELECT value FROM api.node_metrics() WHERE name = 'darkroom_credential_registries' AND labels = 'state="full"'), 3::float8, 'and /metrics');

-- a wallet goes, what is public stays
SELECT is(pg_temp.does('wallet.delete', '[{"op": "wallet_delete"}]'), 'completed', 'the wallet goes');
SELECT is((pg_temp.object('{"kind": "rev_list", "id": "r1", "at": 100}')).status, 200, 'lists stay');
SELECT * FROM finish();
ROLLBACK;
