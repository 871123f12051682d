-- Retention: output, records, scripts, tokens; blobs go when nothing refers to them.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.steps() RETURNS int LANGUAGE plpgsql AS $$ DECLARE n int := 0; BEGIN WHILE core.compute_retain_step() > 0 LOOP n := n + 1; END LOOP; RETURN n; END $$;
CREATE FUNCTION pg_temp.blobs() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(x, ' ' ORDER BY x) FROM (SELECT coalesce(convert_from(data, 'UTF8'), store) || CASE WHEN dying THEN '!' ELSE '' END FROM core.blob WHERE size > 0) b (x) $$;
SELECT pg_temp.start() AS p, pg_temp.start('{"lease_id": "H", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}') AS h \gset
SELECT is(pg_temp.finish_job(i::uuid, pg_temp.good() || jsonb_build_object('files', pg_temp.good() -> 'files' || jsonb_build_object('class', 'artifact', 'name', 'big', 'sha256', encode(sha256('big'), 'hex'), 'size', 99999, 'store', 'dir'))), NULL, 'two finished')
  FROM unnest(ARRAY[:'p', :'h']) i;
SELECT is(pg_temp.blobs(), 'PAR1 a,b dir hello model print(1) secret', 'bytes of two jobs, kept once');
SELECT is(pg_temp.steps(), 0, 'nothing to do yet');
SELECT is((SELECT count(*) FROM api.blob_doomed(100)), 0::bigint, 'nothing loose');

-- the output of one goes; the other still refers to the same bytes
UPDATE core.setting SET value = '100' WHERE name = 'result_ttl_s';
UPDATE core.computation SET finished_at = finished_at - interval '101 s' WHERE public_id = :'p';
SELECT is(pg_temp.steps(), 1, 'one past result_ttl');
SELECT is(pg_temp.state(:'p'), 'completed purged', 'is purged');
SELECT is(pg_temp.state(:'h'), 'pending in_review', 'the other waits');
UPDATE core.blob_loose SET at = at - interval '2 h';
UPDATE core.blob SET touched_at = touched_at - interval '2 h';
SELECT is((SELECT count(*) FROM api.blob_doomed(100)), 0::bigint, 'a blob in use is never removed');
SELECT is((SELECT count(*) FROM core.blob_loose), 0::bigint, 'nor looked at again');
UPDATE core.computation SET finished_at = finished_at - interval '101 s' WHERE public_id = :'h';
SELECT is(pg_temp.steps(), 1, 'the other');
SELECT is((SELECT (release_state, purged_at IS NOT NULL)::text FROM core.computation WHERE public_id = :'h'), '(purged,t)', 'nobody decided in time');
SELECT is((SELECT count(*) FROM api.blob_doomed(100)), 0::bigint, 'within the grace nothing goes');
UPDATE core.blob_loose SET at = at - interval '2 h';
SELECT is((SELECT array_agg(encode(d, 'hex')) FROM api.blob_doomed(100) d), ARRAY[encode(sha256('big'), 'hex')], 'then the file is named');
SELECT is(pg_temp.blobs(), 'PAR1 a,b dir! print(1) secret', 'and rows are gone');
SELECT is((SELECT array_agg(encode(d, 'hex')) FROM api.blob_doomed(100) d), ARRAY[encode(sha256('big'), 'hex')], 'named again until it is gone');
SELECT is((SELECT count(*) FROM api.blob_get(sha256('big'))), 0::bigint, 'nobody reads it');
SELECT throws_ok($$SELECT core.blob_keep(sha256('big'), 99999, 'dir')$$, '40001', NULL, 'nor stores it now');
SELECT is(api.blob_gone(ARRAY[sha256('big'), sha256('a,b')]), 1::bigint, 'gone; what was not doomed stays');
SELECT lives_ok($$SELECT core.blob_keep(sha256('big'), 99999, 'dir')$$, 'now it may come again');
SELECT is(pg_temp.blobs(), 'PAR1 a,b dir print(1) secret', 'as a new one');

-- a reference that comes in time
SELECT core.blob_loosen(ARRAY[sha256('big')]) \g /dev/null
UPDATE core.blob_loose SET at = at - interval '2 h';
UPDATE core.blob SET touched_at = touched_at - interval '2 h' WHERE sha256 = sha256('big');
SELECT lives_ok($$SELECT core.blob_keep(sha256('big'), 99999, 'dir')$$, 'touched');
SELECT is((SELECT count(*) FROM api.blob_doomed(100)), 0::bigint, 'is kept for another while');
UPDATE core.blob SET touched_at = '2000-01-01' WHERE sha256 = sha256('a,b');
SELECT is(core.script_keep(pg_temp.who('con'), sha256('q'), '', 'q'), true, 'a script');
SELECT is((SELECT touched_at > now() - interval '1 h' FROM core.blob WHERE sha256 = sha256('q')), true, 'is touched');

-- records
UPDATE core.setting SET value = '100' WHERE name = 'job_ttl_s';
UPDATE core.computation SET finished_at = '2000-01-01', job_id = core.uuid7_floor('2000-01-01') WHERE public_id = :'h';
SELECT is(pg_temp.steps(), 1, 'a record past job_ttl');
SELECT is((SELECT count(*) FROM core.computation), 1::bigint, 'is removed');
SELECT is(pg_temp.says(pg_temp.result(:'h')), 'NOT_FOUND no such computation', 'and unknown');

-- scripts and tokens
UPDATE core.script SET used_at = now() - interval '39 days';
SELECT is(pg_temp.steps(), 0, 'scripts stay 40 days at least');
UPDATE core.script SET used_at = now() - interval '41 days' WHERE sha256 = sha256('print(1)');
INSERT INTO core.token (id, principal, sha256, name, scopes, expires_at) VALUES ('a', pg_temp.who('con'), 'a', 'a', '{}', now() - interval '31 days'), ('b', pg_temp.who('con'), 'b', 'b', '{}', now());
SELECT is(pg_temp.steps(), 1, 'then they go');
SELECT is((SELECT string_agg(id, '') FROM core.token), 'b', 'with dead tokens');
UPDATE core.blob_loose SET at = at - interval '2 h';
UPDATE core.blob SET touched_at = touched_at - interval '2 h';
SELECT is((SELECT count(*) FROM api.blob_doomed(100)), 1::bigint, 'the untouched file');
SELECT is(pg_temp.blobs(), 'PAR1 a,b dir! q secret', 'and the script''s bytes');
SELECT is(core.retain_step(NULL, '{}') ->> 'state', 'completed', 'the job of retention ends when nothing is left');

-- an asset that is removed takes its bytes along
SELECT is(pg_temp.says(api.asset_remove(pg_temp.auth('own', 'asset:write'), '{"asset_id": "d2"}')), '204', 'removed');
UPDATE core.blob_loose SET at = at - interval '2 h';
SELECT ok((SELECT count(*) FROM api.blob_doomed(100)) >= 0, 'looked at');
SELECT is(pg_temp.blobs(), 'PAR1 a,b dir! q', 'its bytes are gone');
SELECT is((SELECT count(*) FROM core.asset_version v JOIN core.asset a ON a.id = v.asset WHERE a.asset_id = 'd2'), 1::bigint, 'its digest stays');

SELECT * FROM finish();
ROLLBACK;
