-- Phases as rows and as events: each phase once, in order, numbered from 1; a place
-- to go on from; who may follow.  (Streams of all computations: tests/race and e2e,
-- as rows of a running transaction are not told.)
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.events(p_id uuid, p_after text DEFAULT NULL, p_who text DEFAULT 'con') RETURNS core.answer LANGUAGE sql AS
$$ SELECT a FROM api.compute_events(ARRAY[pg_temp.auth(p_who, 'job:read', false)], ARRAY[jsonb_strip_nulls(jsonb_build_object('id', p_id, 'after', p_after))]) a $$;
-- "1 queued,2 starting,… end failed", or the refusal
CREATE FUNCTION pg_temp.told(p_id uuid, p_after text DEFAULT NULL, p_who text DEFAULT 'con') RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(a.err || ' ' || a.msg, (SELECT coalesce(string_agg(concat_ws(' ', e ->> 'id', nullif(e ->> 'event', 'phase'), e #>> '{data,phase}'), ',' ORDER BY n), '')
     FROM jsonb_array_elements(a.body) WITH ORDINALITY x (e, n))) FROM pg_temp.events(p_id, p_after, p_who) a $$;
CREATE FUNCTION pg_temp.data(p_id uuid, p_seq int, p_who text DEFAULT 'con') RETURNS jsonb LANGUAGE sql AS
$$ SELECT (a.body -> (p_seq - 1)) -> 'data' FROM pg_temp.events(p_id, NULL, p_who) a $$;

-- a job's whole way
SELECT pg_temp.start() AS d \gset
SELECT is(pg_temp.told(:'d'), '1 queued', 'queued is an event');
SELECT is((pg_temp.events(:'d')).extra - 'rate', jsonb_build_object('after', '1', 'more', false, 'final', false, 'wait_id',
    (SELECT job_id FROM core.computation WHERE public_id = :'d')), 'what the front goes on with');
SELECT ok(pg_temp.data(:'d', 1) ? 'queue_position', 'of the present phase: all that a result says');
SELECT is(pg_temp.claim(), 1, 'claimed');
SELECT is(pg_temp.told(:'d'), '1 queued,2 starting,3 running', 'each phase once');
SELECT is(pg_temp.data(:'d', 1) - '{created_at,updated_at,computation_id}'::text[], '{"phase": "queued", "status": "pending", "attempt": 0, "priority": 0}', 'of one that is over: what belonged to it');
SELECT is(pg_temp.told(:'d', '2'), '3 running', 'from a place on');
SELECT is(pg_temp.told(:'d', '3'), '', 'nothing new');
SELECT is((SELECT p.ok FROM core.lease l, api.job_phase(ARRAY[l.id], ARRAY[l.token], '{running}') p), true, 'said twice');
SELECT is(pg_temp.told(:'d', '3'), '', 'is no event');
SELECT is(pg_temp.finish_job(:'d', pg_temp.good()), NULL, 'it ends');
SELECT is(pg_temp.told(:'d', '3'), '4 released,end released', 'its end');
SELECT is(pg_temp.told(:'d', '4'), 'end released', 'again: nothing but that it ended');
SELECT is((pg_temp.events(:'d', '4')).extra -> 'final', 'true', 'and no more will come');
SELECT is(pg_temp.data(:'d', 4) #>> '{artifact_meta,0,name}', 'm.bin', 'with what a result says');
SELECT ok(NOT pg_temp.data(:'d', 4) ? 'results', 'but no results');

-- a run that is lost, an operator's retry
SELECT pg_temp.start() AS r \gset
SELECT is(pg_temp.claim(), 1, 'claimed');
SELECT is((SELECT api.job_give_back(ARRAY[l.id], ARRAY[l.token], 'test') FROM core.lease l), 1::bigint, 'given back');
SELECT is(pg_temp.told(:'r', '3'), '4 queued', 'queued again');
SELECT is(pg_temp.finish_job(:'r', pg_temp.bad('WORKER_LOST')), NULL, 'tried later');
SELECT is(pg_temp.told(:'r', '4'), '5 starting,6 running,7 queued', 'queued once more');
SELECT is(pg_temp.says(api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'r'))), '200', 'cancelled');
SELECT is(pg_temp.told(:'r', '7'), '8 cancelled,end cancelled', 'cancelled is told');
SELECT is(pg_temp.data(:'r', 8) ->> 'reason_code', 'CANCELLED', 'with its reason');

-- held output: its consumer learns no more than from its result
SELECT pg_temp.start('{"lease_id": "H", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}') AS h \gset
SELECT is(pg_temp.finish_job(:'h', pg_temp.good()), NULL, 'held');
SELECT is(pg_temp.told(:'h', '3'), '4 in_review', 'in review is no end');
SELECT ok(NOT pg_temp.data(:'h', 4) ? 'artifact_meta', 'check 11: no names of artifacts for the consumer');
SELECT ok(pg_temp.data(:'h', 4, 'own') ? 'artifact_meta', 'the owner sees them');
SELECT is(pg_temp.says(api.compute_withhold(pg_temp.auth('own', 'review'), jsonb_build_object('id', :'h', 'reason', 'no'))), '200', 'withheld');
SELECT is(pg_temp.told(:'h', '4'), '5 withheld,end withheld', 'withheld is told');
SELECT is(pg_temp.says(api.compute_purge(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'d'))), '204', 'purged');
SELECT is(pg_temp.told(:'d', '4'), '5 purged,end purged', 'purged is told');

-- live use: rounded for the consumer, exact for the owner of an input; neither an event nor another ETag
SELECT pg_temp.start() AS u \gset
SELECT is(pg_temp.claim(), 1, 'claimed');
SELECT r.extra ->> 'etag' AS etag FROM pg_temp.result(:'u') r \gset
SELECT is((SELECT count(*) FROM core.lease l, api.worker_beat(l.worker, ARRAY[l.token],
    jsonb_build_object(l.id, '{"cpu_ms": 1001, "memory_bytes": 17000000, "memory_peak_bytes": 40000000, "disk_bytes": 4096, "pids": 3}'::jsonb), '{}', false)), 0::bigint, 'a beat');
SELECT is((SELECT r.body -> 'usage' FROM pg_temp.result(:'u') r), '{"cpu_s": 2, "memory_peak_mb": 48}', 'the consumer reads whole seconds and 16 MB');
SELECT is((SELECT r.body -> 'usage' FROM pg_temp.result(:'u', 'own') r),
  '{"cpu_s": 2, "memory_peak_mb": 48, "cpu_ms": 1001, "memory_bytes": 17000000, "memory_peak_bytes": 40000000, "disk_bytes": 4096, "pids": 3}', 'the owner what was measured');
SELECT is((SELECT r.extra ->> 'etag' FROM pg_temp.result(:'u') r), :'etag', 'the ETag does not cover it');
SELECT is(pg_temp.told(:'u', '3'), '', 'no event');
SELECT is((SELECT a.body #>> '{running,0,pids}' FROM api.queue_stats(pg_temp.auth('op', 'operate', false), '{}') a), '3', 'operators see what runs and what it uses');
SELECT is((SELECT (r.memory_peak_mb, r.disk_mb, r.pids)::text FROM ops.running r), '(38.1,0.0,3)', 'in psql, too');

-- what /metrics says of it: seconds in each phase, bytes that left
SELECT pg_temp.start() AS m \gset
SELECT is(pg_temp.finish_job(:'m', pg_temp.good()), NULL, 'one is released by itself');
SELECT pg_temp.start('{"lease_id": "H", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}') AS n \gset
SELECT is(pg_temp.finish_job(:'n', pg_temp.good()), NULL, 'one by a review');
DELETE FROM core.tally;
UPDATE core.done SET finished_at = clock_timestamp() - interval '1 hour' WHERE id NOT IN (SELECT job_id FROM core.computation WHERE public_id IN (:'m', :'n'));
UPDATE core.done SET finished_at = clock_timestamp() - interval '30 s' WHERE id IN (SELECT job_id FROM core.computation WHERE public_id IN (:'m', :'n'));
UPDATE core.watermark SET at = clock_timestamp() - interval '1 minute' WHERE step = 'tally';
SELECT is(core.done_tally(), 2::bigint, 'both are counted');
SELECT is((SELECT value FROM core.tally WHERE name = 'release_bytes_total'), 10::float8, 'bytes that left: output and artifact of the one');
SELECT is(pg_temp.says(api.compute_release(pg_temp.auth('own', 'review'), jsonb_build_object('id', :'n'))), '200', 'let go');
SELECT is((SELECT value FROM core.tally WHERE name = 'release_bytes_total'), 20::float8, 'and of the other, once it may');
SELECT is((SELECT value FROM core.tally WHERE name = 'phase_seconds_count' AND labels = '{"phase": "starting"}'), 2::float8, 'each phase has its histogram');

-- who
SELECT is(pg_temp.told(:'d', NULL, 'con2'), 'NOT_FOUND no such computation', 'check 12: a stranger gets the 404 of an unknown id');
SELECT is(pg_temp.told(gen_random_uuid(), NULL, 'con2'), 'NOT_FOUND no such computation', 'as here');
SELECT is(pg_temp.told(:'d', '4', 'op'), '5 purged,end purged', 'an operator sees states');
SELECT is(array_agg(a.err), '{FORBIDDEN,NULL}', 'calls of a set are judged one by one')
  FROM api.compute_events(ARRAY[pg_temp.auth('x', 'job:read', false), pg_temp.auth('con', 'job:read', false)],
                          ARRAY[jsonb_build_object('id', :'d'), jsonb_build_object('id', :'d')]) a;

-- phases and the public state never differ; sequences have no hole
SELECT is((SELECT count(*) FROM core.computation m CROSS JOIN LATERAL core.job_state(m.job_id) s
             CROSS JOIN LATERAL core.public_status(s.state, s.phase, s.reason, m.release_state, m.release_code) w
             LEFT JOIN LATERAL (SELECT * FROM core.phase p WHERE p.job_id = m.job_id ORDER BY seq DESC LIMIT 1) l ON true
            WHERE (l.status, l.phase, l.reason) IS DISTINCT FROM (w.status, w.phase, w.reason_code)), 0::bigint, 'the last phase is the state');
SELECT is((SELECT count(*) FROM (SELECT count(*) AS n, max(seq) AS m FROM core.phase GROUP BY job_id) x WHERE n <> m), 0::bigint, 'no hole');
-- of all
SELECT is((SELECT a.body #>> '{0,id}' ~ '^\d+\.0$' AND jsonb_array_length(a.body) = 1 FROM pg_temp.events(NULL) a), true, 'all of a principal: from now on, with a place');
SELECT is(has_function_privilege('darkroom_worker', 'api.compute_events(jsonb[], jsonb[])', 'EXECUTE'), false, 'not for workers');
SELECT * FROM finish();
ROLLBACK;
