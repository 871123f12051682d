-- compute_result with many calls: each gets the answer it would have got alone,
-- in its place; answers that are kept, and what ends their keeping.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.read(p_who text, p jsonb) RETURNS jsonb LANGUAGE sql AS
$$ SELECT pg_temp.auth(p_who, 'job:read', false) || coalesce(p -> 'auth', '{}') $$;
CREATE FUNCTION pg_temp.batch(VARIADIC p_reads jsonb[]) RETURNS SETOF core.read_answer LANGUAGE sql AS
$$ SELECT * FROM api.compute_result(
     (SELECT array_agg(pg_temp.read(coalesce(j ->> 'who', 'con'), j) ORDER BY n) FROM unnest(p_reads) WITH ORDINALITY x (j, n)),
     (SELECT array_agg(jsonb_build_object('id', j ->> 'id', 'artifacts', coalesce(j ->> 'artifacts', 'inline')) ORDER BY n) FROM unnest(p_reads) WITH ORDINALITY x (j, n))) $$;
CREATE FUNCTION pg_temp.said(VARIADIC p_reads jsonb[]) RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg(coalesce(a.err || ' ' || a.msg, a.body::jsonb ->> 'phase')) FROM pg_temp.batch(VARIADIC p_reads) a $$;
CREATE FUNCTION pg_temp.of(p_id uuid, p jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('id', p_id) || p $$;
CREATE FUNCTION pg_temp.kept(p_id uuid) RETURNS text LANGUAGE sql AS
$$ SELECT k.body FROM core.reading k JOIN core.computation m USING (job_id) WHERE m.public_id = p_id $$;

SELECT pg_temp.start() AS d, pg_temp.start() AS f \gset
SELECT is(pg_temp.finish_job(:'d', pg_temp.good()), NULL, 'one ends well');
SELECT is(pg_temp.finish_job(:'f', pg_temp.bad('OOM')), NULL, 'one does not');
SELECT pg_temp.start() AS q \gset

-- places
SELECT is(pg_temp.said(pg_temp.of(:'d'), pg_temp.of(gen_random_uuid()), pg_temp.of(:'f'), pg_temp.of(:'d', '{"who": "con2"}'), pg_temp.of(:'q'),
    pg_temp.of(:'d', '{"auth": {"peer": "peer_x"}}'), pg_temp.of(:'d', '{"who": "op"}'), pg_temp.of(:'d')),
  '{released,NOT_FOUND no such computation,failed,NOT_FOUND no such computation,queued,FORBIDDEN unknown key,released,released}', 'each its own');
SELECT is((SELECT count(*) FROM api.compute_result('{}', '{}')), 0::bigint, 'a batch of none');
SELECT is(pg_temp.said(pg_temp.of(:'d', '{"auth": {"nonce": "AAAAAAAAAAAAAAAAAAAA"}}'), pg_temp.of(:'d', '{"auth": {"nonce": "AAAAAAAAAAAAAAAAAAAA"}}'),
    pg_temp.of(:'d', '{"auth": {"nonce": "AAAAAAAAAAAAAAAAAAAA", "reread": true}}')),
  '{released,"FORBIDDEN nonce was used before",released}', 'a nonce twice, and a second look');
SELECT is((SELECT array_agg(a.wait_id IS NULL) FROM pg_temp.batch(pg_temp.of(:'d'), pg_temp.of(:'q')) a), '{t,f}', 'what to wait for');

-- kept: those that are final, for their consumer, whole
SELECT ok(pg_temp.kept(:'d') IS NOT NULL AND pg_temp.kept(:'f') IS NOT NULL, 'final answers are kept');
SELECT is((SELECT count(*) FROM core.reading), 2::bigint, 'no others');
SELECT is((SELECT count(DISTINCT (a.body, a.etag)::text) FROM pg_temp.batch(pg_temp.of(:'d'), pg_temp.of(:'d')) a), 1::bigint, 'one answer');
CREATE TEMP TABLE first ON COMMIT DROP AS SELECT a.* FROM pg_temp.batch(pg_temp.of(:'d')) a;
DELETE FROM core.reading;
SELECT is((SELECT (a.body, a.etag, a.wait_id)::text FROM pg_temp.batch(pg_temp.of(:'d')) a), (SELECT (f.body, f.etag, f.wait_id)::text FROM first f), 'as the one that is made anew');
SELECT is((SELECT a.body::jsonb -> 'results' FROM pg_temp.batch(pg_temp.of(:'d', '{"artifacts": "none"}')) a), '{"output": "hello", "artifacts": {}}', 'without artifacts: another answer');
SELECT isnt((SELECT a.etag FROM pg_temp.batch(pg_temp.of(:'d', '{"artifacts": "none"}')) a), (SELECT f.etag FROM first f), 'and etag');
UPDATE core.reading SET body = '{"phase": "kept"}';
SELECT is(pg_temp.said(pg_temp.of(:'d'), pg_temp.of(:'d', '{"artifacts": "none"}'), pg_temp.of(:'d', '{"who": "own"}'), pg_temp.of(:'d', '{"who": "con2"}'), pg_temp.of(:'d', '{"who": "aud"}')),
  '{kept,released,released,NOT_FOUND no such computation,released}', 'it is its consumer''s alone');

-- what ends it
UPDATE core.setting SET value = '4' WHERE name = 'inline_max_bytes';
SELECT is((SELECT a.body::jsonb -> 'results' FROM pg_temp.batch(pg_temp.of(:'d')) a), '{"output": "hello", "artifacts": {}}', 'a setting that it depends on');
UPDATE core.reading SET body = '{"phase": "kept"}';
UPDATE core.computation SET release_state = 'withheld', release_code = 'OUTPUT_WITHHELD', updated_at = clock_timestamp() WHERE public_id = :'d';
SELECT is(pg_temp.said(pg_temp.of(:'d')), '{withheld}', 'a change of the computation');
UPDATE core.computation SET release_state = 'released', release_code = NULL, updated_at = clock_timestamp() WHERE public_id = :'d';
SELECT is(pg_temp.said(pg_temp.of(:'d')), '{released}', 'each');
UPDATE core.principal SET enabled = false WHERE name = 'con';
SELECT is(pg_temp.said(pg_temp.of(:'d')), '{"FORBIDDEN this principal is switched off"}', 'a caller switched off');
UPDATE core.principal SET enabled = true WHERE name = 'con';

-- destroyed output does not come back, not even by a reader who began before
SELECT array_agg(k) AS old FROM core.reading k \gset
SELECT is(pg_temp.says(api.compute_purge(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'d'))), '204', 'purged');
SELECT is(pg_temp.kept(:'d'), NULL, 'the bytes are gone');
SELECT core.reading_keep(:'old'::core.reading[]) \g /dev/null
SELECT is(pg_temp.kept(:'d'), NULL, 'and stay so');
SELECT is((SELECT (a.body::jsonb ->> 'phase', a.body::jsonb #>> '{results,output}')::text FROM pg_temp.batch(pg_temp.of(:'d')) a), '(purged,"")', 'what is left to read');
SELECT is(pg_temp.kept(:'d'), NULL, 'which is not kept');

-- output that is no text is streamed from its parts
SELECT pg_temp.start() AS b \gset
SELECT is(pg_temp.finish_job(:'b', jsonb_set(pg_temp.good(), '{files,0}', jsonb_build_object('class', 'combined', 'name', 'combined',
  'sha256', encode(sha256('\xff00'), 'hex'), 'size', 2, 'media_type', 'text/plain', 'store', 'pg', 'data_b64', '/wA='))), NULL, 'bytes');
SELECT is((SELECT a.extra -> 'results' -> 'output' FROM pg_temp.batch(pg_temp.of(:'b')) a), '{"b64": "/wA="}', 'parts');
SELECT is((SELECT a.body::jsonb ? 'results' FROM pg_temp.batch(pg_temp.of(:'b')) a), false, 'not in the body');
SELECT is(pg_temp.kept(:'b'), NULL, 'nor kept');
SELECT is(core.results_text('{"output": {"b64": "aGVsbG8="}, "artifacts": [{"name": "x", "size": 1, "sha256": "00"}]}'), NULL, 'a file is streamed');
SELECT is(core.results_text('{"output": {"sha256": "00", "size": 1}, "artifacts": []}'), NULL, 'and a long output');
SELECT is(core.results_text('{"output": {"b64": "ImEiCg=="}, "artifacts": [{"name": "x\"/y", "b64": "AA=="}]}')::jsonb,
  '{"output": "\"a\"\n", "artifacts": {"x\"/y": "AA=="}}', 'quotes and lines');

-- what is not final is made for a set as it is for one, in every phase
SELECT pg_temp.start() AS run, pg_temp.start() AS again \gset
SELECT is(pg_temp.claim(), 2, 'two are claimed');
UPDATE core.lease SET usage = '{"cpu_ms": 1, "memory_bytes": 1}' WHERE id = (SELECT job_id FROM core.computation WHERE public_id = :'run');
SELECT l.worker, l.id, l.token FROM core.lease l JOIN core.computation m ON m.job_id = l.id WHERE m.public_id = :'again' \gset
SELECT count(*) FROM api.job_turn(:worker, 1::smallint, ARRAY[:'id'::uuid], ARRAY[:'token'::uuid], '[{"state": "failed", "reason": "SANDBOX_FAILED", "started": false}]', 0, -1) \gset _
SELECT is((SELECT why FROM core.later WHERE id = :'id'), 'retry', 'one waits for its next run');
SELECT pg_temp.start() AS review, pg_temp.start('{"label": "x", "priority": -1}') AS late \gset
SELECT is(pg_temp.finish_job(:'review', pg_temp.good()), NULL, 'one waits for its release');
UPDATE core.computation SET release_state = 'staged', updated_at = clock_timestamp() WHERE public_id = :'review';
SELECT is(api.job_give_back(ARRAY[l.id], ARRAY[l.token], 'test')::int, 1, 'one goes back') FROM core.lease l JOIN core.computation m ON m.job_id = l.id WHERE m.public_id = :'late';
SELECT pg_temp.start() AS new \gset
CREATE TEMP TABLE open ON COMMIT DROP AS SELECT x.*, p.job_id, a.body::jsonb AS body, a.etag, a.wait_id
  FROM unnest(ARRAY[:'new', :'run', :'again', :'review', :'late', :'q']::uuid[]) WITH ORDINALITY x (id, n) JOIN core.computation p ON p.public_id = x.id
  JOIN (SELECT b.*, row_number() OVER () AS n FROM pg_temp.batch(pg_temp.of(:'new'), pg_temp.of(:'run'), pg_temp.of(:'again'), pg_temp.of(:'review'),
    pg_temp.of(:'late'), pg_temp.of(:'q')) b) a USING (n);
SELECT is((SELECT array_agg(body ->> 'phase' ORDER BY n) FROM open), '{queued,running,queued,in_review,queued,running}', 'phases');
SELECT is(jsonb_build_array(o.body, o.etag, o.wait_id), jsonb_build_array((r.a).body::jsonb, (r.a).etag, o.job_id), 'the same body and etag: ' || (o.body ->> 'phase'))
  FROM open o, core.compute_read(ROW(pg_temp.who('con'), 'prn_con', '{consumer}', NULL, NULL, NULL, NULL)::core.caller, jsonb_build_object('id', o.id)) r ORDER BY o.n;
SELECT is((SELECT body - ARRAY['created_at', 'updated_at', 'computation_id'] FROM open WHERE id = :'late'),
  '{"status": "pending", "phase": "queued", "queue_position": 1, "eta_s": 1, "wait_reason": "no_free_runner", "priority": -1, "attempt": 1, "label": "x"}', 'a place in the queue');

-- who waits for the end is told of nothing else
SELECT is((SELECT array_agg((a.status, a.body IS NULL, a.etag IS NULL, a.wait_id IS NOT NULL, a.err)::text) FROM api.compute_result(
    (SELECT array_agg(pg_temp.read(w, '{}')) FROM unnest('{con,con,con2,con}'::text[]) w),
    (SELECT array_agg(jsonb_build_object('id', i, 'artifacts', 'inline', 'look', 'state')) FROM unnest(ARRAY[:'new', :'run', :'new', :'f']::uuid[]) i)) a),
  '{"(200,t,t,t,)","(200,t,t,t,)","(,t,t,f,NOT_FOUND)","(200,f,f,f,)"}', 'a look at the state alone');

-- a long queue: figures of at most a second ago
INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms) SELECT n % 2, 1, 1, 100 + n % 3, n, gen_random_uuid(), 1, 1 FROM generate_series(1, 1500) n;
CREATE FUNCTION pg_temp.place(p_id uuid) RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', a.body::jsonb ->> 'queue_position', a.body::jsonb ->> 'queue_position_capped') FROM pg_temp.batch(pg_temp.of(p_id)) a $$;
SELECT is(pg_temp.place(:'new'), '1000 true', 'a thousand, and more');
SELECT is((SELECT (cardinality(f.ranks), f.ranks[1], f.ranks[1001])::text FROM core.queue_front f), '(1001,1,1001)', 'whose ranks are kept');
DELETE FROM core.ready WHERE tenant >= 100 AND rank > 7;
SELECT is(pg_temp.place(:'new'), '1000 true', 'for a second');
UPDATE core.queue_front SET at = at - interval '1 s';
SELECT is(pg_temp.place(:'new'), '7', 'then anew');
DELETE FROM core.ready WHERE rank = 3;
SELECT is(pg_temp.place(:'new'), '6', 'a short queue at every look');

-- rate: the first that fit
UPDATE core.setting SET value = '3' WHERE name = 'rate_read_burst';
UPDATE core.setting SET value = '0.001' WHERE name = 'rate_read';
DELETE FROM core.rate;
SELECT is((SELECT array_agg(concat_ws(' ', a.err, a.rate ->> 'remaining')) FROM pg_temp.batch(pg_temp.of(:'q'), pg_temp.of(:'f'), pg_temp.of(:'q', '{"auth": {"reread": true}}'),
    pg_temp.of(:'q', '{"who": "con2"}'), pg_temp.of(:'f'), pg_temp.of(:'f')) a),
  '{2,1,"","NOT_FOUND 2",0,"RATE_LIMITED 0"}', 'three tokens, four calls that cost one');
SELECT * FROM finish();
ROLLBACK;
