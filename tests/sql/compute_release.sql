-- Held output: staged, released by every owner, withheld, purged; downloads.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.held() RETURNS uuid LANGUAGE sql AS $$ SELECT pg_temp.start('{"lease_id": "H", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}') $$;
CREATE FUNCTION pg_temp.rel(p_id uuid, p_who text DEFAULT 'own') RETURNS core.answer LANGUAGE sql AS $$ SELECT api.compute_release(pg_temp.auth(p_who, 'review'), jsonb_build_object('id', p_id)) $$;
CREATE FUNCTION pg_temp.wh(p_id uuid, p_who text DEFAULT 'own', p_why text DEFAULT 'too detailed') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.compute_withhold(pg_temp.auth(p_who, 'review'), jsonb_build_object('id', p_id, 'reason', p_why)) $$;
CREATE FUNCTION pg_temp.art(p_id uuid, p_name text DEFAULT 'm.bin', p_who text DEFAULT 'con') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.artifact_get(pg_temp.auth(p_who, 'job:read', false), jsonb_build_object('id', p_id, 'name', p_name)) $$;
CREATE FUNCTION pg_temp.log(p_id uuid, p_stream text DEFAULT 'combined', p_who text DEFAULT 'con') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.log_get(pg_temp.auth(p_who, 'job:read', false), jsonb_build_object('id', p_id, 'stream', p_stream)) $$;
CREATE FUNCTION pg_temp.text(a core.answer) RETURNS text LANGUAGE sql AS $$ SELECT convert_from(decode(a.extra #>> '{blob,data_b64}', 'base64'), 'UTF8') $$;

-- in review: nothing of it reaches the consumer
SELECT pg_temp.held() AS p \gset
SELECT is(pg_temp.says(pg_temp.rel(:'p')), 'CONFLICT nothing waits for release', 'not before it ends');
SELECT is(pg_temp.finish_job(:'p', jsonb_set(pg_temp.good(), '{files,4}', pg_temp.file('artifact', 'SECRET-NAME', 'SECRET')) || '{"notes": [{"name": "SECRET-NOTE", "why": "link"}], "exit_code": 0}'), NULL, 'finished');
SELECT is(pg_temp.state(:'p'), 'pending in_review', 'in review');
SELECT is((SELECT r.extra ? 'results' OR r.body::text ~ 'SECRET|exit_code|artifact' FROM pg_temp.result(:'p') r), false, 'no result, no names');
SELECT is(pg_temp.says(pg_temp.art(:'p')), 'NOT_FOUND no such artifact', 'no artifact');
SELECT is(pg_temp.says(pg_temp.log(:'p', s)), 'NOT_FOUND there is no such log to read', 'no ' || s) FROM unnest(ARRAY['stdout', 'stderr', 'combined', 'traceback', 'artifact']) s;
SELECT is(pg_temp.text(pg_temp.log(:'p', 'stdout', 'own')), 'hello', 'its owner reads the log');
SELECT is((SELECT r.body -> 'artifact_meta' -> 0 ->> 'name' FROM pg_temp.result(:'p', 'own') r), 'SECRET-NAME', 'and sees what waits');
SELECT is((SELECT r.body -> 'decisions' FROM pg_temp.result(:'p', 'own') r), '[{"owner": "prn_own", "decision": "pending"}]', 'for whom');
SELECT is(pg_temp.says(pg_temp.log(:'p', 'stdout', 'op')), 'FORBIDDEN logs are for the consumer and the owners of its inputs', 'operators read no logs');
SELECT is(pg_temp.says(pg_temp.art(:'p', 'm.bin', 'own')), 'FORBIDDEN artifacts are for the consumer of the job', 'owners fetch no artifacts');

-- release
SELECT is(pg_temp.says(pg_temp.rel(:'p', 'con')), 'FORBIDDEN scope review is not among this principal''s rights', 'the consumer does not release');
SELECT is(pg_temp.says(pg_temp.rel(:'p', 'own2')), 'NOT_FOUND no such computation', 'nor another owner');
UPDATE core.principal SET roles = '{consumer,owner}' WHERE name = 'con';
SELECT is(pg_temp.says(pg_temp.rel(:'p', 'con')), 'FORBIDDEN only an owner of its inputs decides on output', 'nor the consumer that owns other things');
SELECT is((SELECT (a.status, a.body ->> 'phase', a.extra -> 'announce' = jsonb_build_array(m.job_id))::text FROM pg_temp.rel(:'p') a, core.computation m WHERE m.public_id = :'p'), '(200,released,t)', 'released');
SELECT is(pg_temp.state(:'p'), 'completed released', 'and readable');
SELECT is(pg_temp.text(pg_temp.art(:'p')), 'model', 'byte for byte');
SELECT is((SELECT (a.extra - ARRAY['blob']) || jsonb_build_object('b', (a.extra -> 'blob') - ARRAY['data_b64']) FROM pg_temp.art(:'p') a), jsonb_build_object('etag', encode(sha256('model'), 'hex'),
  'b', jsonb_build_object('sha256', encode(sha256('model'), 'hex'), 'size', 5, 'store', 'pg', 'place', NULL, 'name', 'm.bin', 'media_type', 'text/plain')), 'as the front wants it');
SELECT is(pg_temp.says(pg_temp.art(:'p', 'other')), 'NOT_FOUND no such artifact', 'an unknown name');
SELECT is(pg_temp.says(pg_temp.art(:'p', 'stdout')), 'NOT_FOUND no such artifact', 'streams are no artifacts');
SELECT is(pg_temp.text(pg_temp.log(:'p', 'stderr')) || pg_temp.text(pg_temp.log(:'p', 'combined')), 'hello', 'the logs too');
SELECT is((SELECT array_agg(verb ORDER BY seq) FROM core.event WHERE object = core.comp_id(:'p') AND verb ~ 'read$' AND actor = 'prn_con'), '{artifact.read,artifact.read,log.read,log.read}', 'downloads are in the audit');
SELECT is(pg_temp.says(pg_temp.rel(:'p')), '200', 'again');
SELECT is(pg_temp.says(pg_temp.wh(:'p')), 'CONFLICT nothing waits for release', 'too late to withhold');

-- withhold
SELECT pg_temp.held() AS w \gset
SELECT is(pg_temp.finish_job(:'w', pg_temp.good()), NULL, 'finished');
SELECT is((SELECT a.body ->> 'phase' FROM pg_temp.wh(:'w') a), 'withheld', 'withheld');
SELECT is((SELECT concat_ws('|', r.body ->> 'status', r.body ->> 'reason_code', r.body ->> 'error', r.extra ? 'results') FROM pg_temp.result(:'w') r), 'failed|OUTPUT_WITHHELD|output withheld: too detailed|f', 'with the public reason');
SELECT is(pg_temp.says(pg_temp.art(:'w')), 'NOT_FOUND no such artifact', 'no artifact');
SELECT is(pg_temp.says(pg_temp.log(:'w')), 'NOT_FOUND there is no such log to read', 'no log');
SELECT is(pg_temp.says(pg_temp.rel(:'w')), 'CONFLICT nothing waits for release', 'for good');
SELECT is(pg_temp.says(pg_temp.wh(:'w')), '200', 'again');

-- several owners: all or nothing
SELECT pg_temp.held() AS two \gset
INSERT INTO core.job_owner (job_id, owner) SELECT job_id, pg_temp.who('own2') FROM core.computation WHERE public_id = :'two';
SELECT is(pg_temp.finish_job(:'two', pg_temp.good()), NULL, 'finished');
SELECT is((SELECT a.body ->> 'phase' FROM pg_temp.rel(:'two') a), 'in_review', 'one of two owners');
SELECT is((SELECT a.body ->> 'phase' FROM pg_temp.rel(:'two', 'own2') a), 'released', 'both');

-- entitlement once more: a lease that ended after the job does not matter, a dispute does
SELECT pg_temp.held() AS e1, pg_temp.held() AS e2 \gset
SELECT is(pg_temp.finish_job(i::uuid, pg_temp.good()), NULL, 'finished') FROM unnest(ARRAY[:'e1', :'e2']) i;
INSERT INTO core.dispute (id, serial, raised_by, reason) SELECT 'dsp_1', serial, consumer, 'r' FROM core.data_lease WHERE lease_id = 'H';
SELECT is(pg_temp.says(pg_temp.rel(:'e1')), 'FORBIDDEN release refused: POLICY_DENIED', 'disputed');
UPDATE core.dispute SET state = 'closed';
UPDATE core.data_lease SET expires_at = clock_timestamp() WHERE lease_id = 'H';
SELECT is(pg_temp.says(pg_temp.rel(:'e1')), '200', 'expired since');
UPDATE core.data_lease SET expires_at = (SELECT finished_at FROM core.computation WHERE public_id = :'e2') WHERE lease_id = 'H';
SELECT is(pg_temp.says(pg_temp.rel(:'e2')), 'FORBIDDEN release refused: LEASE_EXPIRED', 'expired before the end');
UPDATE core.data_lease SET expires_at = clock_timestamp() + interval '1 d' WHERE lease_id = 'H';

-- a failed job: its streams wait too
SELECT pg_temp.held() AS f \gset
SELECT is(pg_temp.finish_job(:'f', pg_temp.bad('NONZERO_EXIT', pg_temp.good() - ARRAY['state'])), NULL, 'failed');
SELECT is(pg_temp.says(pg_temp.log(:'f')), 'NOT_FOUND there is no such log to read', 'staged');
SELECT is((SELECT concat_ws(' ', a.status, a.body ->> 'phase') FROM pg_temp.rel(:'f') a), '200 failed', 'released');
SELECT is(pg_temp.text(pg_temp.log(:'f')), 'hello', 'readable');
SELECT is(pg_temp.says(pg_temp.art(:'f')), 'NOT_FOUND no such artifact', 'its artifacts never');

-- an owner tightens while the job runs
SELECT pg_temp.start() AS t \gset
SELECT ok(pg_temp.claim() > 0, 'runs');
SELECT is(pg_temp.says(api.asset_set(pg_temp.auth('own', 'asset:write'), '{"asset_id": "d1", "release_mode": "hold"}')), '200', 'now on hold');
SELECT is(pg_temp.finish_job(:'t', pg_temp.good()), NULL, 'finished');
SELECT is(pg_temp.state(:'t'), 'pending in_review', 'it waits');
UPDATE core.asset SET release_mode = 'auto' WHERE asset_id = 'd1';

-- an asset that goes ends its jobs; those of other assets stay
SELECT pg_temp.start() AS a1, pg_temp.held() AS a2, pg_temp.held() AS a3 \gset
SELECT is(pg_temp.finish_job(:'a3', pg_temp.good()), NULL, 'one is in review');
SELECT pg_temp.held() AS a4 \gset
SELECT is((SELECT (a.status, jsonb_array_length(a.extra -> 'announce'))::text FROM api.asset_remove(pg_temp.auth('own', 'asset:write'), '{"asset_id": "d2"}') a), '(204,2)', 'removed');
SELECT is((SELECT array_agg(pg_temp.state(i::uuid)) FROM unnest(ARRAY[:'a1', :'a2', :'a3', :'a4', :'p']) i),
  '{"pending running","failed failed ASSET_REVOKED","failed withheld ASSET_REVOKED","failed failed ASSET_REVOKED","completed released"}', 'its jobs ended');
SELECT is((SELECT jsonb_agg(x -> 'asset_id') FROM api.asset_list(pg_temp.auth('con', 'asset:read', false), '{}') r, jsonb_array_elements(r.body -> 'data') x), '["d1", "d3"]', 'nobody sees it');

-- purge: the consumer gives the output up
SELECT is(pg_temp.says(api.compute_purge(pg_temp.auth('own', 'job:cancel'), jsonb_build_object('id', :'p'))), 'FORBIDDEN only its consumer removes a computation', 'not the owner');
SELECT is(pg_temp.says(api.compute_purge(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'p'))), '204', 'purged');
SELECT is(pg_temp.says(api.compute_purge(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'p'))), '204', 'again');
SELECT is(pg_temp.state(:'p'), 'completed purged', 'the record stays');
SELECT is((SELECT (r.extra -> 'results')::text || (r.body #>> '{artifact_meta,1,state}') || (r.body #>> '{artifact_meta,1,sha256}' <> '')::text FROM pg_temp.result(:'p') r),
  '{"output": "", "artifacts": {}}purgedtrue', 'without bytes, with digests');
SELECT is(pg_temp.says(pg_temp.art(:'p')), 'GONE it was kept for a while and is removed now', 'gone');
SELECT is(pg_temp.says(pg_temp.log(:'p')), 'GONE it was kept for a while and is removed now', 'gone');
SELECT is((SELECT concat_ws(' ', a.status, a.body ->> 'phase') FROM api.compute_purge(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'a1')) a), '200 cancelled', 'an open one is cancelled');
SELECT is((SELECT count(*) FROM core.blob_loose WHERE sha256 = sha256('model')), 1::bigint, 'retention will look at the bytes');

SELECT * FROM finish();
ROLLBACK;
