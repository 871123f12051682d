-- Operators: principals, keys, images, lanes, workers; the first of them; roles.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.op(p_fn text, p jsonb, p_write boolean DEFAULT true, p_who text DEFAULT 'op') RETURNS core.answer LANGUAGE plpgsql AS
$$ DECLARE a core.answer; BEGIN EXECUTE format('SELECT (x).* FROM api.%I($1, $2) x', p_fn) INTO a USING pg_temp.auth(p_who, 'operate', p_write), p; RETURN a; END $$;
CREATE FUNCTION pg_temp.key(p_n text) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_array(jsonb_build_object('peer_id', 'peer_' || p_n, 'alg', 'ed25519', 'public_key', repeat('ab', 32))) $$;

-- principals and keys
SELECT pg_temp.idem(jsonb_build_object('name', 'new', 'roles', '["consumer", "owner"]'::jsonb, 'tenant', 't', 'max_running', 3, 'keys', pg_temp.key('new'))) AS r \gset
SELECT a.body AS b, a.status AS st FROM pg_temp.op('principal_add', :'r') a \gset
SELECT is((:'b'::jsonb #- '{keys,0,created_at}') - ARRAY['id', 'created_at'], '{"name": "new", "roles": ["consumer", "owner"], "tenant": "t", "enabled": true, "addresses": [], "max_running": 3, "keys": [{"peer_id": "peer_new", "alg": "ed25519"}]}', 'a principal');
SELECT matches(:'b'::jsonb ->> 'id', '^prn_[a-z2-7]{26}$', 'its id');
SELECT is((SELECT (a.status, a.body ->> 'id', a.extra)::text FROM pg_temp.op('principal_add', :'r') a), format('(201,%s,"{""replayed"": true}")', :'b'::jsonb ->> 'id'), 'made once');
SELECT is(pg_temp.says(pg_temp.op('principal_add', pg_temp.idem(jsonb_build_object('name', 'new', 'roles', '["owner"]'::jsonb, 'keys', pg_temp.key('x'))))), 'CONFLICT name is taken', 'a name');
SELECT is(pg_temp.says(pg_temp.op('principal_add', pg_temp.idem(jsonb_build_object('name', 'y', 'roles', '["owner"]'::jsonb, 'keys', pg_temp.key('new'))))), 'CONFLICT keys[0] belongs to another principal', 'a key');
SELECT is(pg_temp.says(pg_temp.op('principal_add', pg_temp.idem(jsonb_build_object('name', 'y', 'roles', '["owner"]'::jsonb, 'keys', '[]'::jsonb)))), 'VALIDATION_ERROR keys must hold 1 to 16 keys', 'no key');
SELECT is(pg_temp.says(pg_temp.op(f, '{}', true, 'con')), 'FORBIDDEN scope operate is not among this principal''s rights', f || ' is not for consumers')
  FROM unnest(ARRAY['principal_add', 'principal_list', 'principal_set', 'key_add', 'key_remove', 'image_list', 'image_set', 'lane_list', 'lane_set', 'schedule_list', 'schedule_put', 'schedule_stop', 'schedule_job', 'worker_list', 'queue_stats']) f;
SELECT is(pg_temp.says(api.compute_list(pg_temp.auth('new', 'job:read', false), '{}')), '200', 'its key works');
SELECT is((SELECT jsonb_array_length(a.body -> 'keys') FROM pg_temp.op('key_add', jsonb_build_object('id', :'b'::jsonb -> 'id', 'keys', pg_temp.key('new2'))) a), 2, 'a second key');
SELECT is(pg_temp.says(pg_temp.op('key_add', jsonb_build_object('id', 'prn_none', 'keys', pg_temp.key('new3')))), 'NOT_FOUND no such principal', 'for nobody');
SELECT is(array_agg(pg_temp.says(pg_temp.op('key_remove', jsonb_build_object('id', :'b'::jsonb -> 'id', 'peer_id', 'peer_new')))), '{204,"NOT_FOUND no such key"}', 'removed, once') FROM generate_series(1, 2);
SELECT is(pg_temp.says(api.compute_list(pg_temp.auth('new', 'job:read', false), '{}')), 'FORBIDDEN unknown key', 'it fails at once');
SELECT is(pg_temp.says(api.compute_list(pg_temp.auth('new2', 'job:read', false), '{}')), '200', 'the other does not');
SELECT is(pg_temp.says(pg_temp.op('key_add', jsonb_build_object('id', 'prn_con', 'keys', pg_temp.key('new')))), 'CONFLICT keys[0] belongs to another principal', 'a removed key is not given to another');
SELECT is(pg_temp.says(pg_temp.op('key_add', jsonb_build_object('id', :'b'::jsonb -> 'id', 'keys', pg_temp.key('new')))), '201', 'but back to its own');
SELECT is((SELECT jsonb_path_query_array(a.body, '$.data[*].name') FROM pg_temp.op('principal_list', '{}', false) a), '["op", "own", "own2", "con", "con2", "aud", "new"]', 'a list');
SELECT is((SELECT b.body ->> 'nextCursor' FROM pg_temp.op('principal_list', '{"limit": 5}', false) a, pg_temp.op('principal_list', jsonb_build_object('limit', 5, 'cursor', a.body -> 'nextCursor'), false) b), '', 'in pages');
SELECT is((SELECT (a.body -> 'enabled', a.body -> 'roles', a.body -> 'max_running')::text FROM pg_temp.op('principal_set', jsonb_build_object('id', :'b'::jsonb -> 'id', 'enabled', false, 'roles', '["owner"]'::jsonb)) a), '(false,"[""owner""]",3)', 'changed');
SELECT is(pg_temp.says(api.compute_list(pg_temp.auth('new', 'job:read', false), '{}')), 'FORBIDDEN this principal is switched off', 'and off');
SELECT is(pg_temp.says(pg_temp.op('principal_set', '{"id": "prn_op", "enabled": false}')), 'CONFLICT this is the last operator', 'the last operator stays on');
SELECT is(pg_temp.says(pg_temp.op('principal_set', '{"id": "prn_op", "roles": ["owner"]}')), 'CONFLICT this is the last operator', 'and operator');
SELECT is(pg_temp.says(pg_temp.op('principal_set', '{"id": "prn_aud", "roles": ["operator"]}')), '200', 'with a second one');
SELECT is(pg_temp.says(pg_temp.op('principal_set', '{"id": "prn_op", "enabled": false}')), '200', 'it may go');
UPDATE core.principal SET enabled = true;
SELECT is(pg_temp.says(pg_temp.op('principal_set', '{"id": "prn_none"}')), 'NOT_FOUND no such principal', 'nobody');

-- the first operator
SELECT throws_ok($$SELECT api.operator_bootstrap('first', 'peer_first', repeat('ab', 32))$$, '55000', 'there is an operator already', 'there is one');
UPDATE core.principal SET roles = '{owner}' WHERE 'operator' = ANY (roles);
SELECT throws_ok($$SELECT api.operator_bootstrap('first', 'peer_first', 'ab')$$, '22023', 'the public key must be 64 hex digits', 'no key');
SELECT throws_ok($$SELECT api.operator_bootstrap('first', 'peer_con', repeat('ab', 32))$$, '23505', 'this key belongs to a principal already', 'another''s key');
SELECT matches(api.operator_bootstrap('first', 'peer_first', repeat('ab', 32)), '^prn_', 'the first one');
SELECT throws_ok($$SELECT api.operator_bootstrap('second', 'peer_second', repeat('ab', 32))$$, '55000', 'there is an operator already', 'only the first');
SELECT is(pg_temp.says(pg_temp.op('lane_list', '{}', false, 'first')), '200', 'it operates');
UPDATE core.principal SET roles = '{operator}' WHERE name = 'op';

-- images
SELECT is((SELECT a.body - 'created_at' FROM pg_temp.op('image_set', jsonb_build_object('name', 'data', 'digest', 'sha256:' || repeat('b', 64), 'loaders', '["csv"]'::jsonb, 'preload', '["numpy"]'::jsonb)) a),
  jsonb_build_object('name', 'data', 'digest', 'sha256:' || repeat('b', 64), 'allowed', true, 'preload', '["numpy"]'::jsonb, 'loaders', '["csv"]'::jsonb), 'a new digest under a name');
SELECT is((SELECT array_agg(left(digest, 8) || allowed ORDER BY digest) FROM core.image), '{sha256:afalse,sha256:btrue}', 'denies the old one');
SELECT is((SELECT (a.body -> 'allowed', a.body -> 'loaders')::text FROM pg_temp.op('image_set', jsonb_build_object('name', 'data', 'digest', 'sha256:' || repeat('b', 64), 'allowed', false)) a), '(false,"[""csv""]")', 'denied; the rest stays');
SELECT is(pg_temp.says(pg_temp.submit()), 'VALIDATION_ERROR image is not allowed here', 'nothing runs');
SELECT is((SELECT jsonb_array_length(a.body -> 'data') FROM pg_temp.op('image_list', '{}', false) a), 2, 'a list');

-- lanes, workers, queue
SELECT is((SELECT (a.body ->> 'paused', a.body ->> 'max_running', a.extra)::text FROM pg_temp.op('lane_set', '{"name": "compute", "paused": true, "max_running": 5}') a), '(true,5,)', 'paused and bounded');
SELECT is((SELECT (a.body ->> 'paused', a.body ->> 'max_running', a.extra)::text FROM pg_temp.op('lane_set', '{"name": "compute", "paused": false}') a), '(false,5,"{""ring"": 1}")', 'resumed: it is rung');
SELECT is(pg_temp.says(pg_temp.op('lane_set', '{"name": "none"}')), 'NOT_FOUND no such lane', 'an unknown lane');

-- schedules
SELECT is((SELECT a.body - ARRAY['last_slot', 'created_at'] FROM pg_temp.op('schedule_put', '{"name": "night"}') a), '{"name": "night", "cron": "15 2 * * *", "kind": "prio1.run",
  "args": {"config": "night", "date": "{yesterday}"}, "catch_up": "last", "enabled": true, "last_job": null}', 'a schedule: a nightly run of its name');
SELECT is((SELECT (a.body ->> 'cron', a.body -> 'args', a.body ->> 'catch_up')::text FROM pg_temp.op('schedule_put', '{"name": "noop", "cron": " */5 * * * * ", "kind": "system.noop", "catch_up": "none"}') a), '("*/5 * * * *",{},none)', 'of another kind');
SELECT is(pg_temp.says(pg_temp.op('schedule_put', r::jsonb)), 'VALIDATION_ERROR ' || w, w) FROM (VALUES
  ('{"name": "Upper"}', 'name: 1 to 63 lower case letters, digits, . _ -'),
  ('{"name": "x", "cron": "0 0 30 2 *"}', 'cron: minute, hour, day, month and weekday are expected, such as "15 2 * * *", and a day that there is'),
  ('{"name": "x", "kind": "compute.script"}', 'kind: one of system.noop, system.retain, system.canary, prio1.run'),
  ('{"name": "x", "args": [1]}', 'args: an object of at most 4 KiB'),
  ('{"name": "x", "args": {"date": "{date}"}}', 'args: config is missing, the name of the run''s settings on its host'),
  ('{"name": "x", "catch_up": "all"}', 'catch_up: none or last')) v (r, w);
SELECT is((SELECT jsonb_path_query_array(b.body, '$.data[*].name') FROM pg_temp.op('schedule_list', '{"limit": 1}', false) a, pg_temp.op('schedule_list', jsonb_build_object('limit', 1, 'cursor', a.body -> 'nextCursor'), false) b), '["noop"]', 'in pages, by name');
SELECT is(pg_temp.says(pg_temp.op('schedule_list', '{"cursor": "zz"}', false)), 'INVALID_REQUEST bad cursor', 'a cursor of nobody');
SELECT a.status AS st, a.extra -> 'ring' AS ring, a.body ->> 'last_job' AS job FROM pg_temp.op('schedule_job', '{"name": "noop"}') a \gset
SELECT is(format('%s %s', :'st', :'ring'), '202 ' || (SELECT k.lane FROM core.kind k WHERE k.name = 'system.noop'), 'fired: its lane is rung');
SELECT is((SELECT (j.kind, j.principal)::text FROM core.job j WHERE j.id = :'job'), (SELECT (k.id, 0)::text FROM core.kind k WHERE k.name = 'system.noop'), 'a job of the node');
SELECT is((SELECT a.body ->> 'last_job' FROM pg_temp.op('schedule_job', '{"name": "noop"}') a), :'job', 'once a minute');
SELECT pg_temp.op('schedule_put', '{"name": "noop", "cron": "* * * * *", "kind": "system.noop"}');
UPDATE core.agg_schedule SET last_job = '00000000-0000-7000-8000-000000000000' WHERE name = 'noop';
SELECT isnt((SELECT a.body ->> 'last_job' FROM pg_temp.op('schedule_job', '{"name": "noop"}') a), '00000000-0000-7000-8000-000000000000', 'changed to a line whose slot is now: it fires');
SELECT is(array_agg((pg_temp.op('schedule_stop', '{"name": "noop"}')).body ->> 'enabled'), '{false,false}', 'stopped; again is harmless') FROM generate_series(1, 2);
SELECT is((SELECT a.body ->> 'enabled' FROM pg_temp.op('schedule_put', '{"name": "noop", "kind": "system.noop"}') a), 'true', 'put again it is enabled');
SELECT is(pg_temp.says(pg_temp.op(f, '{"name": "none"}')), 'NOT_FOUND no such schedule', f || ' of none') FROM unnest('{schedule_stop,schedule_job}'::text[]) f;
SELECT is((SELECT array_agg(DISTINCT e.verb ORDER BY e.verb) FROM core.event e WHERE e.actor = 'prn_op' AND e.verb LIKE 'schedule.%'), '{schedule.disabled,schedule.fired,schedule.set}', 'audited');

UPDATE core.image SET allowed = true WHERE digest ~ 'a{64}';
SELECT pg_temp.start() AS p \gset
SELECT is((SELECT a.body #> '{data,0}' FROM pg_temp.op('lane_list', '{}', false) a), '{"name": "compute", "paused": false, "max_running": 5, "queued": 1, "later": 0, "running": 0, "capacity": 100}', 'what stands in it');
SELECT is((SELECT a.body #>> '{data,0,host}' FROM pg_temp.op('worker_list', '{}', false) a), 'h', 'workers');
SELECT is(pg_temp.finish_job(:'p', pg_temp.bad('OOM')), NULL, 'one fails');
SELECT is((SELECT a.body -> 'last_hour' FROM pg_temp.op('queue_stats', '{}', false) a), '[{"state": "failed", "reason": "OOM", "jobs": 1}]', 'how the last hour ended');
SELECT ok((SELECT a.body #> '{lanes,0}' ? 'oldest_s' FROM pg_temp.op('queue_stats', '{}', false) a), 'age by lane');

-- who may call what
SELECT is((SELECT array_agg(p.proname::text ORDER BY p.proname) FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND p.prorettype = 'core.answer'::regtype
            AND NOT has_function_privilege('darkroom_fcgi', p.oid, 'EXECUTE')), NULL, 'the front may call every function that answers');
SELECT is((SELECT array_agg(p.proname::text ORDER BY p.proname) FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND p.pronargs = 2 AND p.prorettype = 'core.answer'::regtype
            AND (has_function_privilege('darkroom_worker', p.oid, 'EXECUTE') OR has_function_privilege('darkroom_auditor', p.oid, 'EXECUTE'))), NULL, 'workers and auditors none of them');
SELECT ok(NOT has_function_privilege(r, 'api.operator_bootstrap(text, text, text)', 'EXECUTE'), r || ' makes no operator') FROM unnest(ARRAY['darkroom_fcgi', 'darkroom_worker', 'darkroom_operator', 'darkroom_auditor']) r;
SELECT is((SELECT array_agg(p.proname::text) FROM pg_proc p WHERE p.pronamespace = 'core'::regnamespace AND has_function_privilege(r, p.oid, 'EXECUTE')), NULL, r || ' reaches nothing inside') FROM unnest(ARRAY['darkroom_fcgi', 'darkroom_worker']) r;
SELECT is((SELECT array_agg(c.relname::text) FROM pg_class c WHERE c.relnamespace = 'core'::regnamespace AND c.relkind IN ('r', 'p') AND has_table_privilege(r, c.oid, 'SELECT, INSERT, UPDATE, DELETE')), NULL, r || ' sees no table') FROM unnest(ARRAY['darkroom_fcgi', 'darkroom_worker']) r;
SELECT is((SELECT array_agg(p.proname::text) FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND (NOT p.prosecdef OR NOT coalesce(p.proconfig::text ~ 'search_path=pg_catalog, pg_temp', false))), NULL, 'every function is a closed one');
SET LOCAL ROLE darkroom_fcgi;
SELECT throws_ok('SELECT FROM core.principal', '42501', NULL, 'tables are closed to the front');
SELECT throws_ok($$SELECT core.authenticate('{}')$$, '42501', NULL, 'and the inside');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
