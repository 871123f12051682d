-- The end of credential jobs: writes all or none, clashes, fences, private results.
BEGIN;
\ir cred.psql
CREATE FUNCTION pg_temp.put(p_name text, p_value text, p_version int DEFAULT NULL, p_tags jsonb DEFAULT '[]') RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('op', 'record_put', 'type', pg_temp.b64('T'), 'name', pg_temp.b64(p_name), 'value', pg_temp.b64(p_value), 'key', pg_temp.b64('k'),
     'version', p_version, 'tags', p_tags) $$;
CREATE FUNCTION pg_temp.value(p_name text) RETURNS text LANGUAGE sql AS
$$ SELECT convert_from(i.value, 'UTF8') || ' ' || i.version FROM core.wallet_item i JOIN core.wallet w ON w.serial = i.wallet WHERE w.name = 'w' AND i.name = p_name::bytea $$;
CREATE TABLE pg_temp.held (n text, l core.lease);
CREATE FUNCTION pg_temp.hold(p_n text, p_kind text DEFAULT 'did.create_my', p_args jsonb DEFAULT '{"wallet": "w"}') RETURNS void LANGUAGE sql AS
$$ INSERT INTO pg_temp.held SELECT p_n, pg_temp.start(p_kind, p_args) $$;
CREATE FUNCTION pg_temp.l(p_n text) RETURNS core.lease LANGUAGE sql AS $$ SELECT h.l FROM pg_temp.held h WHERE h.n = p_n $$;

SELECT pg_temp.hold('a');
SELECT is(api.job_open((pg_temp.l('a')).id, (pg_temp.l('a')).token), jsonb_build_object('tenant', 't:acme', 'private', false, 'wallet', jsonb_build_object('id', 'w',
  'tenant', 't:acme', 'method', 'raw', 'version', 1, 'sealed_keys', pg_temp.b64('keys'), 'unlock', jsonb_build_object('sha256', encode(sha256('h'), 'hex'), 'sealed_master', pg_temp.b64('master')))),
  'what it stands on');
SELECT is(api.job_open((pg_temp.l('a')).id, gen_random_uuid()), NULL, 'nothing for another token');
SELECT is(pg_temp.state((pg_temp.l('a')).id), 'running', 'it runs');
SELECT is(pg_temp.end(pg_temp.l('a'), pg_temp.good(jsonb_build_array(pg_temp.put('n', 'v'), pg_temp.put('o', 'v')), '{"status": 201, "body": {"did": "x"}}')), NULL, 'it ends');
SELECT is(pg_temp.state((pg_temp.l('a')).id), 'completed', 'completed');
SELECT is((pg_temp.show((pg_temp.l('a')).id)).body -> 'result', '{"did": "x"}', 'with its result');
SELECT is((pg_temp.show((pg_temp.l('a')).id, 'ann', 'result')).status, 201, 'and its status for who waited');
SELECT is((pg_temp.show((pg_temp.l('a')).id, 'ann', 'result')).body, '{"did": "x"}', 'as if it had answered itself');
SELECT is(pg_temp.value('n'), 'v 1', 'what it wrote is there');
SELECT is((SELECT (d.outcome ? 'result')::text FROM core.done d WHERE d.id = (pg_temp.l('a')).id), 'false', 'and not in the queue''s rows');
SELECT is(pg_temp.end(pg_temp.l('a'), pg_temp.good(jsonb_build_array(pg_temp.put('p', 'v')))), 'fenced', 'a second end is fenced');
SELECT is(pg_temp.value('p'), NULL, 'and writes nothing');

-- who sees it
SELECT is(pg_temp.says(pg_temp.show((pg_temp.l('a')).id, 'cat')), 'NOT_FOUND no such job', 'another tenant');
SELECT is((pg_temp.show((pg_temp.l('a')).id, 'ben')).body -> 'result', '{"did": "x"}', 'a colleague');
SELECT is((pg_temp.show((pg_temp.l('a')).id, 'op')).body ? 'result', false, 'an operator sees the state alone');
SELECT is((SELECT jsonb_build_array(a.status, a.body -> 'state', a.body ? 'result', a.body ? 'did') FROM pg_temp.show((pg_temp.l('a')).id, 'op', 'result') a), '[200, "completed", false, false]', 'nor as if it had waited');

-- clashes
SELECT pg_temp.hold('b');
SELECT is(pg_temp.end(pg_temp.l('b'), pg_temp.good(jsonb_build_array(pg_temp.put('q', 'v'), pg_temp.put('n', 'v')))), NULL, 'a name that is taken');
SELECT is(pg_temp.state((pg_temp.l('b')).id), 'queued', 'runs again');
SELECT is(pg_temp.value('q'), NULL, 'all or none');
SELECT is((SELECT (s.attempt, j.clashes)::text FROM core.job_state((pg_temp.l('b')).id) s, core.cred_job j WHERE j.job_id = (pg_temp.l('b')).id), '(0,1)', 'no attempt is counted');
CREATE FUNCTION pg_temp.again(p_id uuid, p_writes jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE l core.lease;
BEGIN
  PERFORM api.job_turn((SELECT max(id) FROM core.worker), 5::smallint, '{}', '{}', NULL, 100, -1);
  SELECT x.* INTO STRICT l FROM core.lease x WHERE x.id = p_id;
  PERFORM pg_temp.end(l, pg_temp.good(p_writes));
  RETURN pg_temp.state(p_id);
END $$;
SELECT is(pg_temp.again((pg_temp.l('b')).id, jsonb_build_array(pg_temp.put('n', 'w', 1, jsonb_build_array(jsonb_build_object('name', pg_temp.b64('t'), 'value', 'plain', 'plain', true))))), 'completed', 'with the version that it read, it replaces it');
SELECT is(pg_temp.value('n'), 'w 2', 'one version on');
SELECT pg_temp.hold('c');
SELECT is(pg_temp.end(pg_temp.l('c'), pg_temp.good(jsonb_build_array(pg_temp.put('n', 'x', 1)))), NULL, 'an old version');
SELECT is((SELECT string_agg(pg_temp.again((pg_temp.l('c')).id, jsonb_build_array(pg_temp.put('n', 'x', 1))), ' ') FROM generate_series(1, 5)), 'queued queued queued queued failed CONFLICT', 'five times, then it fails');
SELECT is(pg_temp.value('n'), 'w 2', 'and nothing has changed');
SELECT pg_temp.hold('d');
SELECT is(pg_temp.end(pg_temp.l('d'), pg_temp.good(jsonb_build_array(jsonb_build_object('op', 'record_delete', 'type', pg_temp.b64('T'), 'name', pg_temp.b64('n'), 'version', 2)))), NULL, 'a record goes');
SELECT is(pg_temp.value('n'), NULL, 'with its tags');
SELECT is((SELECT count(*) FROM core.wallet_tag), 0::bigint, 'all of them');

-- what must not be written
CREATE FUNCTION pg_temp.tries(p_writes jsonb, p_kind text DEFAULT 'did.create_my', p_args jsonb DEFAULT '{"wallet": "w"}', p jsonb DEFAULT '{"status": 200, "body": {}}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE l core.lease := pg_temp.start(p_kind, p_args);
BEGIN
  PERFORM pg_temp.end(l, pg_temp.good(p_writes, p));
  RETURN pg_temp.state(l.id);
END $$;
SELECT is(pg_temp.tries('[{"op": "nothing"}]'), 'failed INTERNAL', 'an unknown op');
SELECT is(pg_temp.tries('[{"op": "record_put"}]'), 'failed INTERNAL', 'a record of nothing');
SELECT is(pg_temp.tries(jsonb_build_array(pg_temp.put('x', 'y')), 'did.abbreviate', '{}'), 'failed INTERNAL', 'a record without a wallet');
SELECT is(pg_temp.tries('[{"op": "record_put", "type": "!", "name": "!", "value": "!", "key": "!"}]'), 'failed INTERNAL', 'what is no base64');
SELECT is(pg_temp.tries(jsonb_build_array(jsonb_build_object('op', o))), 'failed INTERNAL', 'a kind may not write ' || o) FROM core.job_op x (o) WHERE o NOT LIKE 'record%';
SELECT is(pg_temp.tries('[]', 'wallet.record_get', '{"wallet": "w"}'), 'failed INTERNAL', 'a private result in clear');
SELECT is(pg_temp.tries('[]', 'did.create_my', '{"wallet": "w"}', '{"status": 500, "body": {}}'), 'failed INTERNAL', 'a status of errors');
SELECT is(pg_temp.tries('{"op": "lock"}', 'did.create_my', '{"wallet": "w"}'), 'failed INTERNAL', 'writes that are no list');

-- typed failures
SELECT pg_temp.hold('e');
SELECT pg_temp.end(pg_temp.l('e'), pg_temp.bad('DID_EXISTS', 'the wallet has it')) \g /dev/null
SELECT is((pg_temp.show((pg_temp.l('e')).id)).body -> 'error', '{"code": "DID_EXISTS", "message": "the wallet has it"}', 'an error has the executor''s words');
SELECT is(pg_temp.says(pg_temp.show((pg_temp.l('e')).id, 'ann', 'result')), 'DID_EXISTS the wallet has it', 'a refusal for who waited');
SELECT is((SELECT count(*) FROM core.cred_job j WHERE j.job_id = (pg_temp.l('e')).id AND j.finished_at IS NOT NULL), 1::bigint, 'it is not open any more');

-- private results
SELECT pg_temp.hold('p', 'wallet.record_get');
SELECT pg_temp.end(pg_temp.l('p'), pg_temp.good('[]', jsonb_build_object('status', 200, 'private_b64', pg_temp.b64('sealed')))) \g /dev/null
SELECT is((pg_temp.show((pg_temp.l('p')).id)).extra ->> 'private_b64', pg_temp.b64('sealed'), 'for the submitter');
SELECT is((pg_temp.show((pg_temp.l('p')).id, 'ben')).extra ? 'private_b64', false, 'not for a colleague');
SELECT is((pg_temp.show((pg_temp.l('p')).id, 'op')).extra ? 'private_b64', false, 'nor an operator');
UPDATE core.private_result SET expires_at = clock_timestamp();
SELECT matches(pg_temp.says(pg_temp.show((pg_temp.l('p')).id, 'ann', 'result')), '^GONE', 'after its time it is gone');

-- wallets
SELECT is(pg_temp.tries(jsonb_build_array(jsonb_build_object('op', 'wallet_new', 'method', 'raw', 'keys', pg_temp.b64('kk')), pg_temp.put('first', 'v')), 'wallet.create', '{"id": "new", "method": "raw"}'), 'completed', 'a wallet is made, with a record');
SELECT is((SELECT w.tenant || count(*) FROM core.wallet_item i JOIN core.wallet w ON w.serial = i.wallet WHERE w.name = 'new' GROUP BY w.tenant), 't:acme1', 'of the tenant');
SELECT pg_temp.hold('x', 'wallet.create', '{"id": "two", "method": "raw"}');
SELECT pg_temp.hold('y', 'wallet.create', '{"id": "two", "method": "raw"}');
SELECT pg_temp.end(pg_temp.l(n), pg_temp.good(jsonb_build_array(jsonb_build_object('op', 'wallet_new', 'method', 'raw', 'keys', pg_temp.b64(n))))) FROM (VALUES ('x'), ('y')) v (n) \g /dev/null
SELECT is(pg_temp.state((pg_temp.l('x')).id) || ' ' || pg_temp.state((pg_temp.l('y')).id), 'completed failed WALLET_EXISTS', 'of two of one name the first');
SELECT is(pg_temp.tries(jsonb_build_array(jsonb_build_object('op', 'unlock', 'sha256', encode(sha256('h2'), 'hex'), 'sealed_master', pg_temp.b64('m'), 'ttl_s', 999999, 'version', 1)), 'wallet.unlock', '{"wallet": "a", "method": "raw"}', '{"private_b64": "AA=="}'), 'completed', 'an unlock');
SELECT is((SELECT expires_at < clock_timestamp() + interval '86401 s' FROM core.wallet_unlock WHERE sha256 = sha256('h2')), true, 'of a day at most');
SELECT is(pg_temp.tries(jsonb_build_array(jsonb_build_object('op', 'unlock', 'sha256', encode(sha256('h3'), 'hex'), 'sealed_master', pg_temp.b64('m'), 'ttl_s', 9, 'version', 2)), 'wallet.unlock', '{"wallet": "a", "method": "raw"}', '{"private_b64": "AA=="}'), 'queued', 'one tried on another version of the wallet runs again');
SELECT is((SELECT count(*) FROM core.wallet_unlock WHERE sha256 = sha256('h3')), 0::bigint, 'and opens nothing');
SELECT is(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "a"}', jsonb_build_object('unlock_sha256', encode(sha256('h2'), 'hex')))), '202', 'it opens');
SELECT pg_temp.hold('u', 'did.create_my', '{"wallet": "w"}');
UPDATE core.wallet_unlock SET expires_at = clock_timestamp() WHERE sha256 = sha256('h');
SELECT is(api.job_open((pg_temp.l('u')).id, (pg_temp.l('u')).token) #>> '{err,code}', 'WALLET_LOCKED', 'an unlock that ended while the job waited');
UPDATE core.wallet_unlock SET expires_at = clock_timestamp() + interval '1 h' WHERE sha256 = sha256('h');
SELECT is(pg_temp.tries('[{"op": "lock"}]', 'wallet.lock', '{"wallet": "w"}'), 'completed', 'locked');
SELECT is(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "w"}')) LIKE 'WALLET_LOCKED%', true, 'and so it is');
SELECT is(pg_temp.tries('[{"op": "wallet_delete"}]', 'wallet.delete', '{"wallet": "m"}'), 'completed', 'deleted');
SELECT is((SELECT count(*) FROM core.wallet WHERE name = 'm'), 0::bigint, 'and so it is');

-- cancel
INSERT INTO core.wallet_unlock (sha256, wallet, principal, sealed_master, expires_at)
SELECT sha256('h'), serial, owner, 'master', clock_timestamp() + interval '1 h' FROM core.wallet WHERE name = 'w';
SELECT pg_temp.hold('z');
SELECT is((api.cred_job_cancel(pg_temp.auth('ann'), jsonb_build_object('id', (pg_temp.l('z')).id))).body ->> 'state', 'cancelled', 'cancelled while it runs');
SELECT is(pg_temp.end(pg_temp.l('z'), pg_temp.good(jsonb_build_array(pg_temp.put('late', 'v')))), 'fenced', 'what it did is thrown away');
SELECT is(pg_temp.value('late'), NULL, 'all of it');
SELECT is(pg_temp.ask(pg_temp.l('z'), 'record_get', '{}'), NULL, 'it may ask nothing any more');
SELECT is(api.job_progress((pg_temp.l('z')).id, (pg_temp.l('z')).token, 'x', 1, 2, 'u'), false, 'nor say how far it is');
SELECT is(pg_temp.says(api.cred_job_cancel(pg_temp.auth('cat'), jsonb_build_object('id', (pg_temp.l('z')).id))), 'NOT_FOUND no such job', 'by nobody else');

-- an operator's second chance
SELECT pg_temp.hold('dead');
SELECT core.job_final((pg_temp.l('dead')).id, 'dead', 'QUARANTINED') \g /dev/null
SELECT is(pg_temp.state((pg_temp.l('dead')).id), 'failed QUARANTINED', 'it took its worker down');
SELECT api.job_retry((pg_temp.l('dead')).id::text) \g /dev/null
SELECT is(pg_temp.state((pg_temp.l('dead')).id) || (SELECT (finished_at IS NULL)::text FROM core.cred_job WHERE job_id = (pg_temp.l('dead')).id), 'queuedtrue', 'tried again, it is open');

-- progress
SELECT pg_temp.hold('g');
SELECT api.job_progress((pg_temp.l('g')).id, (pg_temp.l('g')).token, 'tails', 10, 20, 'points') \g /dev/null
SELECT api.job_progress((pg_temp.l('g')).id, (pg_temp.l('g')).token, 'tails', 7, 20, 'points') \g /dev/null
SELECT is((pg_temp.show((pg_temp.l('g')).id)).body - '{job_id,created_at,started_at,eta_s}'::text[], '{"kind": "did.create_my", "lane": "cred-light", "phase": "tails", "state": "running", "wallet": "w", "attempt": 1, "progress": {"done": 10, "unit": "points", "total": 20}}', 'progress never goes back');
SELECT api.job_progress((pg_temp.l('g')).id, (pg_temp.l('g')).token, 'hash', 0, 0, 'bytes') \g /dev/null
SELECT is((pg_temp.show((pg_temp.l('g')).id)).body -> 'progress', '{"done": 0, "unit": "bytes"}', 'another phase begins at its beginning');
SELECT is((SELECT string_agg(e ->> 'event', ' ') FROM api.cred_job_events(ARRAY[pg_temp.auth('ann', 'cred:read', false)], ARRAY[jsonb_build_object('id', (pg_temp.l('g')).id)]) a, jsonb_array_elements(a.body) e), 'phase', 'a first event');
SELECT is((SELECT (b.body = '[]')::text FROM api.cred_job_events(ARRAY[pg_temp.auth('ann', 'cred:read', false)], ARRAY[jsonb_build_object('id', (pg_temp.l('g')).id)]) a,
  api.cred_job_events(ARRAY[pg_temp.auth('ann', 'cred:read', false)], ARRAY[jsonb_build_object('id', (pg_temp.l('g')).id, 'after', a.extra -> 'after')]) b), 'true', 'and none while nothing changes');
SELECT pg_temp.end(pg_temp.l('g'), pg_temp.good()) \g /dev/null
SELECT is((SELECT string_agg(e ->> 'event', ' ') || ' ' || (a.extra ->> 'final') FROM api.cred_job_events(ARRAY[pg_temp.auth('ann', 'cred:read', false)], ARRAY[jsonb_build_object('id', (pg_temp.l('g')).id)]) a, jsonb_array_elements(a.body) e GROUP BY a.extra), 'phase end true', 'the end');

-- lists
SELECT is((SELECT count(*) > 10 FROM jsonb_array_elements((api.cred_job_list(pg_temp.auth('ben', 'cred:read', false), '{"kind": "did.create_my"}')).body -> 'data')), true, 'the tenant''s jobs');
SELECT is((SELECT count(*) FROM jsonb_array_elements((api.cred_job_list(pg_temp.auth('cat', 'cred:read', false), '{}')).body -> 'data')), 0::bigint, 'not those of others');
SELECT is((SELECT string_agg(DISTINCT x ->> 'state', ' ') FROM jsonb_array_elements((api.cred_job_list(pg_temp.auth('ann', 'cred:read', false), '{"state": "cancelled"}')).body -> 'data') x), 'cancelled', 'by state');
SELECT is((SELECT string_agg(x ->> 'wallet', ' ') FROM jsonb_array_elements((api.wallet_list(pg_temp.auth('ben', 'cred:read', false), '{}')).body -> 'data') x), 'a new two w', 'wallets of the tenant');
SELECT is((api.wallet_list(pg_temp.auth('cat', 'cred:read', false), '{}')).body -> 'data', '[]', 'not of others');

-- the same ends in a batch
SELECT pg_temp.hold('i'), pg_temp.hold('j'), pg_temp.hold('k') \g /dev/null
SELECT count(*) FROM api.job_turn(:worker, 5::smallint, ARRAY[(pg_temp.l('i')).id, (pg_temp.l('j')).id, (pg_temp.l('k')).id], ARRAY[(pg_temp.l('i')).token, (pg_temp.l('j')).token, (pg_temp.l('k')).token],
  jsonb_build_array(pg_temp.good(jsonb_build_array(pg_temp.put('i', 'v'))), pg_temp.good(jsonb_build_array(pg_temp.put('i', 'v'))), pg_temp.bad('ITEM_EXISTS')), 0, -1) \g /dev/null
SELECT is(concat_ws(', ', pg_temp.state((pg_temp.l('i')).id), pg_temp.state((pg_temp.l('j')).id), pg_temp.state((pg_temp.l('k')).id)), 'completed, queued, failed ITEM_EXISTS', 'each by itself');

-- row policies: nothing without a tenant
SET LOCAL ROLE darkroom_owner;
SELECT set_config('darkroom.tenant', '', true), set_config('darkroom.wallet', '', true) \g /dev/null
SELECT is((SELECT count(*) FROM core.wallet) + (SELECT count(*) FROM core.wallet_item) + (SELECT count(*) FROM core.wallet_unlock), 0::bigint, 'whoever has entered no tenant sees no row, be it the owner');
SELECT set_config('darkroom.tenant', 'p:prn_cat', true) \g /dev/null
SELECT is((SELECT count(*) FROM core.wallet), 0::bigint, 'another tenant none of these');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
