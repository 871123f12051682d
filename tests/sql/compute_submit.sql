-- compute_submit: its order of refusals, what it writes, idempotency, caps, quota.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.try(p jsonb, p_who text DEFAULT 'con') RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.says(pg_temp.submit(p, p_who)) $$;
CREATE FUNCTION pg_temp.inp(VARIADIC p text[]) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('inputs', jsonb_agg(jsonb_build_object('asset_id', split_part(i, '=', 2), 'variable_name', split_part(i, '=', 1)))) FROM unnest(p) i $$;

-- what an accepted submit writes
SELECT pg_temp.job('{"label": "l", "priority": -3, "params": {"k": 1}, "outputs": ["*.csv"], "limits": {"memory_mb": 64}, "queue_ttl_s": 60}') AS r \gset
SELECT (a.body ->> 'computation_id') AS comp, a.status AS st, a.extra AS ex FROM pg_temp.call(:'r') a \gset
SELECT is(:'st'::text, '202', 'accepted');
SELECT is(core.comp_uuid(:'comp'), (:'r'::jsonb ->> 'public_id')::uuid, 'named by the id that the front made');
SELECT is(:'ex'::jsonb - 'rate', jsonb_build_object('ring', 1, 'location', '/api/v1/privacy/results/' || :'comp'), 'the lane is to be rung');
SELECT m.job_id AS j FROM core.computation m WHERE m.public_id = core.comp_uuid(:'comp') \gset
SELECT is(:'j'::text, :'r'::jsonb ->> 'job_id', 'the job has the front''s id');
SELECT is((SELECT (priority, timeout_ms, expires_at - created_at < interval '61 s', principal)::text FROM core.job WHERE id = :'j'), format('(-3,600000,t,%s)', pg_temp.who('con')), 'the job');
SELECT is((SELECT core.job_spec(shared, spec) - 'public_id' FROM core.job WHERE id = :'j'), jsonb_build_object('image', 'data', 'image_digest', 'sha256:' || repeat('a', 64),
  'script_sha256', encode(sha256('print(1)'), 'hex'), 'params', '{"k": 1}'::jsonb, 'outputs', '["*.csv"]'::jsonb, 'isolation', 'zygote',
  'limits', '{"cpus": 1, "pids": 128, "log_kb": 1024, "wall_s": 600, "disk_mb": 1024, "artifacts": 64, "memory_mb": 64, "output_mb": 256}'::jsonb,
  'inputs', jsonb_build_array(jsonb_build_object('variable', 'x', 'asset_id', 'd1', 'kind', 'csv', 'sha256', encode(sha256('a,b'), 'hex'), 'size', 3, 'store', 'pg',
    'columns', '[{"name": "a", "type": "int"}]'::jsonb))), 'its spec is all that a worker needs');
SELECT is((SELECT spec ->> 'public_id' FROM core.job WHERE id = :'j'), :'comp', 'under its public name');
SELECT is((SELECT (variables, versions)::text FROM core.computation WHERE job_id = :'j'), '({x},{1})', 'the version is pinned');
SELECT is((SELECT owner FROM core.computation WHERE job_id = :'j'), pg_temp.who('own'), 'the owner is noted');
SELECT is((SELECT (label, hold, reveal, run_held, release_state)::text FROM core.computation WHERE job_id = :'j'), '(l,f,t,f,none)', 'the computation');
SELECT is((SELECT (actor, verb, object, detail #>> '{jobs,0}', detail - 'jobs')::text FROM core.event WHERE verb = 'job.submitted'), format('(prn_con,job.submitted,L,%s,{})', :'comp'), 'the audit has no data');
SELECT is((SELECT data FROM core.blob WHERE sha256 = sha256('print(1)')), 'print(1)'::bytea, 'the script is stored');
SELECT isnt((SELECT request_hash FROM core.job WHERE id = :'j'), NULL, 'a hash names the request');

-- idempotency
SELECT is(pg_temp.says(pg_temp.call(:'r')), '202', 'the same again');
SELECT is((SELECT (a.body ->> 'computation_id', a.extra)::text FROM pg_temp.call(:'r'::jsonb || jsonb_build_object('public_id', gen_random_uuid(), 'job_id', core.uuid7())) a),
  format('(%s,"{""replayed"": true}")', :'comp'), 'is the first answer');
SELECT is((SELECT count(*) FROM core.computation), 1::bigint, 'and no second job');
SELECT is(pg_temp.says(pg_temp.call(:'r'::jsonb || '{"idem_digest": "00"}')), 'CONFLICT this Idempotency-Key was used with another request', 'another body is a conflict');
SELECT is(pg_temp.says(pg_temp.call(:'r', 'con2')), 'FORBIDDEN lease refused: you have no lease of this name', 'another principal''s key is another');
SELECT is(pg_temp.says(pg_temp.call(:'r'::jsonb || '{"idem_key": "k2", "lease_id": "none"}')), 'FORBIDDEN lease refused: you have no lease of this name', 'a refusal');
SELECT is((SELECT count(*) FROM core.idem), (SELECT count(*) FROM core.computation), 'is not remembered');
SELECT is(pg_temp.says(pg_temp.call(:'r'::jsonb || jsonb_build_object('idem_key', 'k2', 'public_id', gen_random_uuid(), 'job_id', core.uuid7()))), '202', 'so its key still works');

-- the order: caller, key, fields, lease, entitlement, caps, policy
SELECT is(pg_temp.try('{"lease_id": "none", "image": "none"}', 'own'), 'FORBIDDEN scope job:submit is not among this principal''s rights', 'the caller first');
SELECT is(pg_temp.try('{"lease_id": "none", "image": "none"}'), 'VALIDATION_ERROR image is not allowed here', 'fields before the lease');
SELECT is(pg_temp.try('{"lease_id": "none", "limits": {"wall_s": 99999}}'), 'FORBIDDEN lease refused: you have no lease of this name', 'the lease before caps');
SELECT is(pg_temp.try('{"limits": {"wall_s": 99999}}' || pg_temp.inp('x=d9')), 'FORBIDDEN lease refused: it does not cover inputs[0].asset_id', 'entitlement before caps');

-- fields
SELECT is(pg_temp.try(f), 'VALIDATION_ERROR ' || m, m) FROM (VALUES
  ('{"inputs": []}'::jsonb, 'inputs must hold 1 to 32 objects'),
  (pg_temp.inp(VARIADIC ARRAY(SELECT 'v' || n || '=d1' FROM generate_series(1, 33) n)), 'inputs must hold 1 to 32 objects'),
  (pg_temp.inp('a=d1', 'b c=d1'), 'inputs[1].variable_name must be a name, and not twice'),
  (pg_temp.inp('a=d1', E'../x\n=d1'), 'inputs[1].variable_name must be a name, and not twice'),
  (pg_temp.inp('a=d1', 'a=d3'), 'inputs[1].variable_name must be a name, and not twice'),
  ('{"script": {}}', 'exactly one of code, computationCid and code_sha256 is needed'),
  ('{"script": {"cid": "Qm", "sha256": "00"}}', 'exactly one of code, computationCid and code_sha256 is needed'),
  ('{"script": {"cid": "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"}}', 'computationCid is not stored here'),
  (jsonb_build_object('script', jsonb_build_object('sha256', repeat('00', 32))), 'code_sha256 is not stored here'),
  ('{"priority": 11}', 'priority must be from -10 to 10'),
  ('{"queue_ttl_s": 0}', 'queue_ttl_s must be from 1 to 2592000'),
  (jsonb_build_object('label', repeat('x', 65)), 'label must be at most 64 bytes'),
  ('{"params": []}', 'params must be an object of at most 65536 bytes'),
  (jsonb_build_object('params', jsonb_build_object('a', repeat('x', 65537))), 'params must be an object of at most 65536 bytes'),
  ('{"limits": 3}', 'limits must be an object'),
  ('{"outputs": "a"}', 'outputs must be a list of names'),
  ('{"outputs": ["../x"]}', 'outputs must be at most 64 names or globs of at most 128 bytes'),
  ('{"outputs": ["/x"]}', 'outputs must be at most 64 names or globs of at most 128 bytes'),
  ('{"outputs": [".x"]}', 'outputs must be at most 64 names or globs of at most 128 bytes'),
  ('{"limits": {"speed": 1}}', 'limits.speed is not a limit'),
  ('{"limits": {"memory_mb": 32769}}', 'limits.memory_mb must be a whole number from 16 to 32768'),
  ('{"limits": {"memory_mb": 15}}', 'limits.memory_mb must be a whole number from 16 to 32768'),
  ('{"limits": {"cpus": 1.5}}', 'limits.cpus must be a whole number from 1 to 8'),
  ('{"limits": {"cpus": "1"}}', 'limits.cpus must be a whole number from 1 to 8'),
  ('{"limits": {"cpus": 99999999999999999999}}', 'limits.cpus must be a whole number from 1 to 8'),
  ('{"priority": 1}', 'priority must be at most 0 under this lease'),
  (pg_temp.inp('x=d3'), 'image data has no loader for the kinds of these inputs')) t (f, m);
SELECT is(pg_temp.try('{"outputs": ["a/b/*.csv", "model-?.[ab]in", "x"], "params": null, "limits": null, "outputs": null, "label": null}'), '202', 'null is as good as absent');

-- stored scripts: by digest or CID, the caller's own only
SELECT is(pg_temp.says(api.script_put(pg_temp.auth('con', 'job:submit'), pg_temp.script(E'hello world\n') || '{"cid": "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"}')), '201', 'a script is stored');
SELECT is(pg_temp.says(api.script_put(pg_temp.auth('con', 'job:submit'), pg_temp.script(E'hello world\n') || '{"cid": "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"}')), '200', 'once');
SELECT is(pg_temp.try('{"script": {"cid": "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"}}'), '202', 'and runs by its CID');
SELECT is(pg_temp.try(jsonb_build_object('script', pg_temp.script(E'hello world\n') - 'data_b64')), '202', 'or digest');
SELECT is(pg_temp.try('{"script": {"cid": "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"}}', 'con2'), 'VALIDATION_ERROR computationCid is not stored here', 'not for others');
SELECT is(pg_temp.try(jsonb_build_object('script', pg_temp.script('x') || jsonb_build_object('data_b64', encode('x', 'base64')))), '202', 'a new one inline');
UPDATE core.script SET used_at = used_at - interval '2 days';
SELECT is(pg_temp.try('{}'), '202', 'an old one inline');
SELECT is((SELECT count(*) FROM core.script WHERE used_at > now() - interval '1 h'), 1::bigint, 'its use is written down');

-- the lease
SELECT is(pg_temp.try('{"lease_id": "H"}'), 'FORBIDDEN lease refused: it does not cover inputs[0].asset_id', 'a lease on something else');
SELECT is(pg_temp.try('{}', 'con2'), 'FORBIDDEN lease refused: you have no lease of this name', 'somebody else''s lease is unknown');
SELECT is(pg_temp.try(pg_temp.inp('x=d1', 'y=other')), 'FORBIDDEN lease refused: it does not cover inputs[1].asset_id', 'an unknown asset');
SELECT is(pg_temp.says(pg_temp.put('other', 'csv', 'z', 'own2')), '201', 'another owner''s asset');
SELECT is(pg_temp.try(pg_temp.inp('x=d1', 'y=other')), 'FORBIDDEN lease refused: it does not cover inputs[1].asset_id', 'looks the same');
SELECT is(pg_temp.says(pg_temp.put('d1', 'csv', 'mine', 'own2')), '201', 'an asset of the same name');
SELECT pg_temp.start() AS p \gset
SELECT is((SELECT j.shared #>> '{inputs,0,sha256}' FROM core.job j JOIN core.computation m ON m.job_id = j.id WHERE m.public_id = :'p'), encode(sha256('a,b'), 'hex'), 'does not get in the way');
SAVEPOINT s;
UPDATE core.data_lease SET expires_at = clock_timestamp() WHERE lease_id = 'L';
SELECT is(pg_temp.try('{}'), 'FORBIDDEN lease refused: LEASE_EXPIRED', 'expired');
UPDATE core.data_lease SET state = 'revoked' WHERE lease_id = 'L';
SELECT is(pg_temp.try('{}'), 'FORBIDDEN lease refused: LEASE_REVOKED', 'revoked');
UPDATE core.data_lease SET state = 'pending' WHERE lease_id = 'L';
SELECT is(pg_temp.try('{}'), 'FORBIDDEN lease refused: it is pending', 'pending');
ROLLBACK TO s;
INSERT INTO core.dispute (id, serial, raised_by, reason) SELECT 'dsp_1', serial, consumer, 'r' FROM core.data_lease WHERE lease_id = 'L';
SELECT is(pg_temp.try('{}'), 'FORBIDDEN lease refused: POLICY_DENIED', 'disputed');
UPDATE core.dispute SET state = 'closed';
SELECT is(pg_temp.try('{}'), '202', 'no longer disputed');
SAVEPOINT s;
SELECT is(pg_temp.says(api.asset_remove(pg_temp.auth('own', 'asset:write'), '{"asset_id": "d1"}')), '204', 'the asset goes');
SELECT is(pg_temp.try('{}'), 'FORBIDDEN lease refused: ASSET_REVOKED', 'and the lease says so');
SELECT is(pg_temp.says(pg_temp.put('d1', 'csv', 'new')), '201', 'a new one of that name');
SELECT is(pg_temp.try('{}'), 'FORBIDDEN lease refused: ASSET_REVOKED', 'is not covered');
ROLLBACK TO s;

-- the spender
UPDATE core.data_lease SET spender = '0x' || repeat('a', 40) WHERE lease_id = 'L';
SELECT is(pg_temp.try('{}'), 'UNAUTHORIZED this lease needs the X-Pandacea-Spender-Address header', 'no spender');
SELECT is(pg_temp.try(jsonb_build_object('spender', '0x' || repeat('a', 40))), 'FORBIDDEN the spender address is not yours or not this lease''s', 'not bound');
INSERT INTO core.principal_address (address, principal) SELECT '0x' || repeat(c, 40), pg_temp.who(w) FROM (VALUES ('a', 'con2'), ('b', 'con')) t (c, w);
SELECT is(pg_temp.try(jsonb_build_object('spender', '0x' || repeat('a', 40))), 'FORBIDDEN the spender address is not yours or not this lease''s', 'somebody else''s');
SELECT is(pg_temp.try(jsonb_build_object('spender', '0x' || repeat('b', 40))), 'FORBIDDEN the spender address is not yours or not this lease''s', 'not the lease''s');
UPDATE core.data_lease SET spender = '0x' || repeat('b', 40) WHERE lease_id = 'L';
SELECT is(pg_temp.try(jsonb_build_object('spender', '0x' || repeat('B', 40))), '202', 'the right one, in any case');
UPDATE core.data_lease SET spender = NULL;
SELECT is(pg_temp.try(jsonb_build_object('spender', '0x' || repeat('a', 40))), 'FORBIDDEN the spender address is not yours or not this lease''s', 'another''s address, also where none is needed');
SELECT is(pg_temp.try(jsonb_build_object('spender', '0x' || repeat('c', 40))), '202', 'one that is nobody''s does not matter there');

-- caps of lease and asset: what is asked is refused, what is not asked is lowered
UPDATE core.data_lease SET max_limits = '{"memory_mb": 256, "wall_s": 100}', max_priority = 2 WHERE lease_id = 'L';
SELECT is(pg_temp.says(api.asset_set(pg_temp.auth('own', 'asset:write'), '{"asset_id": "d1", "policy": {"limits": {"memory_mb": 128}, "isolation": "job", "images": ["data"]}}')), '200', 'a policy');
SELECT is(pg_temp.try('{"limits": {"memory_mb": 129}}'), 'VALIDATION_ERROR limits.memory_mb must be a whole number from 16 to 128', 'the asset''s cap');
SELECT is(pg_temp.try('{"limits": {"wall_s": 101}}'), 'VALIDATION_ERROR limits.wall_s must be a whole number from 1 to 100', 'the lease''s cap');
SELECT is(pg_temp.try('{"priority": 2}'), '202', 'priority as the lease allows');
SELECT is(pg_temp.try('{"priority": 3}'), 'VALIDATION_ERROR priority must be at most 2 under this lease', 'and not more');
SELECT pg_temp.start() AS p \gset
SELECT is((SELECT (j.shared #>> '{limits,memory_mb}', j.shared #>> '{limits,wall_s}', j.timeout_ms, j.shared ->> 'isolation')::text
             FROM core.job j JOIN core.computation m ON m.job_id = j.id WHERE m.public_id = :'p'), '(128,100,100000,job)', 'defaults bow to the caps');
INSERT INTO core.image (name, digest, loaders) VALUES ('mini', 'sha256:' || repeat('b', 64), '{csv}'), ('off', 'sha256:' || repeat('c', 64), '{csv}');
UPDATE core.image SET allowed = false WHERE name = 'off';
SELECT is(pg_temp.try('{"image": "mini"}'), 'POLICY_REJECTION image mini is not among those that the owner allows', 'the owner''s images');
SELECT is(pg_temp.try('{"image": "off"}'), 'VALIDATION_ERROR image is not allowed here', 'the node''s images');
UPDATE core.asset SET approval_mode = 'person' WHERE asset_id = 'd1';
SELECT is(pg_temp.try('{}'), 'POLICY_REJECTION the owner wants to approve jobs over this data first', 'a gate that cannot be passed yet');
UPDATE core.asset SET approval_mode = 'auto', policy = '{}';

-- counted runs: held at submit, used or given back at the end
UPDATE core.data_lease SET max_runs = 3, updated_at = clock_timestamp(), max_limits = '{}' WHERE lease_id = 'H';
CREATE FUNCTION pg_temp.h(p jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"lease_id": "H"}' || pg_temp.inp('x=d2') || p $$;
CREATE FUNCTION pg_temp.left() RETURNS int LANGUAGE sql AS $$ SELECT core.lease_runs_left(serial) FROM core.data_lease WHERE lease_id = 'H' $$;
SELECT is(array_agg(pg_temp.try(pg_temp.h())), '{202,202,202,"FORBIDDEN lease refused: LEASE_USED_UP","FORBIDDEN lease refused: LEASE_USED_UP"}', 'three runs, five submits') FROM generate_series(1, 5);
SELECT is((SELECT (runs_held, runs_used)::text FROM core.data_lease WHERE lease_id = 'H'), '(3,0)', 'held');
SELECT array_agg(public_id ORDER BY job_id) AS ids FROM core.computation WHERE run_held \gset
SELECT is(pg_temp.says(api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', (:'ids'::uuid[])[1]))), '200', 'one is cancelled before it starts');
SELECT is(pg_temp.left(), 1, 'its run comes back');
SELECT is(pg_temp.finish_job((:'ids'::uuid[])[2], pg_temp.good()), NULL, 'one completes');
SELECT is(pg_temp.left(), 1, 'its run is used');
SELECT is(pg_temp.finish_job((:'ids'::uuid[])[3], pg_temp.bad('OOM')), NULL, 'one fails by its own fault');
SELECT is(pg_temp.left(), 1, 'its run is used');
SELECT is(array_agg(pg_temp.try(pg_temp.h())), '{202,"FORBIDDEN lease refused: LEASE_USED_UP"}', 'one more') FROM generate_series(1, 2);
SELECT is((SELECT (runs_held, runs_used)::text FROM core.data_lease WHERE lease_id = 'H'), '(1,2)', 'the notes were folded in');
SELECT is((SELECT count(*) FROM core.run_note), 0::bigint, 'and are gone');
SELECT public_id AS p4 FROM core.computation WHERE run_held AND finished_at IS NULL \gset
SELECT is(pg_temp.finish_job(:'p4', pg_temp.bad('CODE_UNAVAILABLE', '{"started": false}')), NULL, 'one ends by our fault');
SELECT is(pg_temp.left(), 1, 'its run comes back');
SELECT is(pg_temp.start(pg_temp.h()) IS NOT NULL, true, 'a running one');
SELECT public_id AS p5 FROM core.computation WHERE run_held AND finished_at IS NULL \gset
SELECT ok(pg_temp.claim() > 0, 'is claimed');
SELECT is(pg_temp.says(api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'p5'))), '200', 'and cancelled while it runs');
SELECT is(pg_temp.left(), 0, 'a run that began is used');

-- quota: rows are counted
UPDATE core.setting SET value = to_jsonb((SELECT count(*) FROM core.computation WHERE finished_at IS NULL AND principal = pg_temp.who('con')) + 3) WHERE name = 'open_jobs_max';
SELECT is(array_agg(pg_temp.try('{}')), '{202,202,202,"QUOTA_EXCEEDED too many open jobs","QUOTA_EXCEEDED too many open jobs"}', 'up to the cap') FROM generate_series(1, 5);
SELECT public_id AS p6 FROM core.computation WHERE finished_at IS NULL ORDER BY job_id DESC LIMIT 1 \gset
SELECT is(pg_temp.says(api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'p6'))), '200', 'one ends');
SELECT is(array_agg(pg_temp.try('{}')), '{202,"QUOTA_EXCEEDED too many open jobs"}', 'one place') FROM generate_series(1, 2);
UPDATE core.setting SET value = to_jsonb(value::int + 1) WHERE name = 'open_jobs_max';
SELECT is(array_agg(pg_temp.try('{}')), '{202,"QUOTA_EXCEEDED too many open jobs"}', 'the cap is raised') FROM generate_series(1, 2);
UPDATE core.setting SET value = '1000' WHERE name = 'open_jobs_max';
SELECT is(pg_temp.try('{}'), '202', 'far above');
UPDATE core.setting SET value = '1' WHERE name = 'open_jobs_max';
SELECT is(pg_temp.try('{}'), 'QUOTA_EXCEEDED too many open jobs', 'and lowered below what is open');

-- at claim everything is asked again
UPDATE core.setting SET value = '1000' WHERE name = 'open_jobs_max';
SELECT pg_temp.start() AS p \gset
SELECT m.job_id AS j FROM core.computation m WHERE m.public_id = :'p' \gset
SELECT is(core.compute_admit(:'j'), NULL, 'admitted');
SAVEPOINT s;
UPDATE core.image SET allowed = false WHERE name = 'data';
SELECT is(core.compute_admit(:'j'), 'IMAGE_DENIED', 'not with a denied image');
ROLLBACK TO s;
UPDATE core.data_lease SET expires_at = clock_timestamp() WHERE lease_id = 'L';
SELECT is(core.compute_admit(:'j'), 'LEASE_EXPIRED', 'not under an expired lease');
SELECT ok(pg_temp.claim() >= 0, 'at the claim');
SELECT is(pg_temp.state(:'p'), 'failed failed LEASE_EXPIRED', 'it ends with that');

SELECT * FROM finish();
ROLLBACK;
