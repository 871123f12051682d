-- The views of ops, readiness and metrics: what they say about a known queue.
BEGIN;
SELECT * FROM no_plan();
UPDATE core.cron SET last_slot = 'infinity';
DELETE FROM core.worker;
SELECT is((SELECT string_agg(c.relname || '.' || a.attname, ', ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            WHERE c.relnamespace = 'ops'::regnamespace AND col_description(c.oid, a.attnum) IS NULL), NULL, 'every column of every view is explained');
SELECT is((SELECT string_agg(c.relname, ', ') FROM pg_class c WHERE c.relnamespace = 'ops'::regnamespace AND obj_description(c.oid) IS NULL), NULL, 'and every view');

CREATE FUNCTION pg_temp.check(n text) RETURNS text LANGUAGE sql AS
  $$ SELECT c ->> 'status' FROM api.node_ready() a, jsonb_array_elements((a).body -> 'checks') c WHERE c ->> 'name' = n $$;
SELECT is((SELECT (status, body ->> 'ready')::text FROM api.node_ready()), '(503,false)', 'no worker: not ready');
SELECT is(pg_temp.check('pool') || pg_temp.check('pysyft'), 'not_readynot_ready', 'because of the pool, under both its names');
SELECT is(pg_temp.check('database') || pg_temp.check('schema'), 'readyready', 'not of the database');
SELECT is(pg_temp.check('ipfs') || pg_temp.check('evm_rpc'), 'unknownunknown', 'adapters that are not configured are unknown');

SELECT api.worker_join('h', 1, 'v9', '{"compute": 2, "light": 2}', '{}') AS w \gset
SELECT is(pg_temp.check('pool'), 'not_ready', 'a worker alone proves nothing');
SELECT count(*) FROM api.worker_beat(:w, '{}', '{}', '{"containers": {"ready": 2, "busy": 0}, "replaced": {"died": 3}, "acquire": {"count": 4, "sum_s": 1.5}, "blobs": true}', true) \gset _
SELECT is((SELECT (status, body ->> 'ready')::text FROM api.node_ready()), '(200,true)', 'a proof does');
SELECT is(pg_temp.check('blobs'), 'ready', 'workers tell about blobs');
UPDATE core.worker SET pool = pool || '{"blobs": false}';
SELECT is((SELECT status FROM api.node_ready()), 503, 'and without blobs the node is not ready');
UPDATE core.worker SET pool = pool || '{"blobs": true}', proved_at = clock_timestamp() - interval '61 s';
SELECT is(pg_temp.check('pool'), 'not_ready', 'a proof lasts a minute');
INSERT INTO core.lease (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms, deadline)
SELECT core.uuid7(), gen_random_uuid(), :w, 1, 1, 0, 0, 1, 1, 0, 1000, clock_timestamp() + interval '1 min' FROM generate_series(1, 2);
SELECT is(pg_temp.check('pool'), 'ready', 'every container busy inside its deadline will do');
UPDATE core.lease SET deadline = clock_timestamp() - interval '1 s';
SELECT is(pg_temp.check('pool'), 'not_ready', 'past it, it will not');
UPDATE core.worker SET proved_at = clock_timestamp(), beat = clock_timestamp() - interval '30 s';
SELECT is(pg_temp.check('pool'), 'not_ready', 'nor will a silent worker');
UPDATE core.worker SET beat = clock_timestamp();
DELETE FROM core.lease;

SELECT core.enqueue(2::smallint, 0, '{}') AS a, core.enqueue(2::smallint, 0, '{}') AS b, core.enqueue(2::smallint, 0, '{}', p_due => clock_timestamp() + interval '1 h') AS c \gset
SELECT count(*) FROM api.job_turn(:w, 2::smallint, '{}', '{}', '[]', 1, -1) \gset _
SELECT is((SELECT (waiting_jobs, later_jobs, running_jobs, live_workers, capacity_jobs, done_1_min)::text FROM ops.queue WHERE lane = 'light'), '(1,1,1,1,2,0)', 'ops.queue');
SELECT is((SELECT (job, kind, lane, principal, phase, worker, host, attempt, crashes)::text FROM ops.running),
  (SELECT format('(%s,system.noop,light,node,starting,%s,h,1,0)', id, :w) FROM core.lease), 'ops.running');
SELECT is((SELECT (worker, host, pid, version, state, holds_jobs, containers)::text FROM ops.workers), format('(%s,h,1,v9,live,1,"{""busy"": 0, ""ready"": 2}")', :w), 'ops.workers');
SELECT id AS run FROM core.lease \gset
SELECT core.job_final(:'run', 'failed', 'OOM') \gset _
SELECT is((SELECT (job, kind, principal, state, reason, attempt)::text FROM ops.failures), format('(%s,system.noop,node,failed,OOM,1)', :'run'), 'ops.failures');
SELECT is((SELECT done_1_min FROM ops.queue WHERE lane = 'light'), 1::bigint, 'an ended job counts');
SELECT is((SELECT count(*) FROM ops.slow), 0::bigint, 'nothing is slow');
INSERT INTO core.lease (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms, claimed_at, started_at)
VALUES (core.uuid7(), gen_random_uuid(), :w, 2, 1, 0, 0, 2, 1, 0, 10000, clock_timestamp() - interval '31 s', NULL),
       (core.uuid7(), gen_random_uuid(), :w, 2, 1, 0, 0, 2, 1, 0, 10000, clock_timestamp() - interval '9 s', clock_timestamp() - interval '9 s');
SELECT is((SELECT string_agg(what || ' ' || limit_s, ',') FROM ops.slow), 'starting 30,running 8.0', 'ops.slow: thirty seconds to start, four fifths of the time to run');
SELECT is((SELECT (lane, principal, worker)::text FROM ops.slow LIMIT 1), format('(light,node,%s)', :w), 'with place and worker');

SELECT is((SELECT count(*) FROM ops.bloat WHERE segment = 'written'), 1::bigint, 'ops.bloat knows the segment that is written');
SELECT is((SELECT string_agg(alarm, ',' ORDER BY alarm) FROM ops.alarms),
  'aggregate_stuck,chain_silent,chain_stopped,days_missing,leases_without_worker,oldest_transaction,quarantined,queue_age,segment_stuck,workers_silent', 'ops.alarms lists every alarm');
SELECT is((SELECT string_agg(alarm, ',') FROM ops.alarms WHERE firing), NULL, 'none fires');
UPDATE core.lease SET worker = 0, claimed_at = clock_timestamp() - interval '61 s';
UPDATE core.worker SET beat = clock_timestamp() - interval '61 s';
SELECT core.job_final(:'a', 'dead', 'QUARANTINED'), core.job_final(:'b', 'dead', 'QUARANTINED') \gset _
SELECT is((SELECT string_agg(alarm || value, ',' ORDER BY alarm) FROM ops.alarms WHERE firing), 'leases_without_worker2,quarantined1,workers_silent1', 'until something is wrong');
UPDATE core.worker SET beat = clock_timestamp();

-- metrics
CREATE TEMP TABLE metric AS SELECT * FROM api.node_metrics();
SELECT is((SELECT string_agg(name || '{' || labels || '}', ', ') FROM metric WHERE name !~ '^darkroom_[a-z_]+$' OR labels !~ '^([a-z]+="[^"]*"(,[a-z]+="[^"]*")*)?$' OR value IS NULL), NULL, 'metrics have names, labels and values as Prometheus wants them');
SELECT is((SELECT count(*) FROM (SELECT name, labels FROM metric GROUP BY 1, 2 HAVING count(*) > 1) x), 0::bigint, 'each series once');
SELECT is((SELECT value FROM metric WHERE name = 'darkroom_compute_queue_later' AND labels = 'lane="light"'), 1::float8, 'queue_later');
SELECT is((SELECT value FROM metric WHERE name = 'darkroom_compute_pool_containers' AND labels = format('state="ready",worker="%s"', :w)), 2::float8, 'pool_containers');
SELECT is((SELECT value FROM metric WHERE name = 'darkroom_compute_pool_replaced_total'), 3::float8, 'pool_replaced_total');
SELECT is((SELECT string_agg(value::text, ' ' ORDER BY name) FROM metric WHERE name LIKE 'darkroom_compute_pool_acquire_seconds_%'), '4 1.5', 'pool_acquire_seconds');
SELECT is((SELECT value FROM metric WHERE name = 'darkroom_alarm' AND labels = 'alarm="quarantined"'), 1::float8, 'alarms');

-- pressure
SELECT is((SELECT (queued BETWEEN 1 AND 10000, queue_max, retry_ms)::text FROM api.node_pressure()), '(t,100000,5000)', 'node_pressure: far below the cap, at least what waits');
UPDATE core.setting SET value = '1' WHERE name = 'queue_max';
SELECT is((SELECT queued FROM api.node_pressure()), 1::bigint, 'near the cap it counts, up to the cap');
UPDATE core.setting SET value = '3' WHERE name = 'queue_max';
SELECT is((SELECT queued FROM api.node_pressure()), (SELECT least(3, (SELECT count(*) FROM core.ready)) + least(3, (SELECT count(*) FROM core.later))), 'and no more than waits');
DO $$ BEGIN
  EXECUTE format('DROP TABLE core.%I', 'job' || to_char((now() AT TIME ZONE 'UTC')::date + 3, '_YYYYMMDD'));
END $$;
SELECT count(*) FROM api.node_pressure() \gset _
SELECT is(core.day_ahead(), 0, 'and keeps days ahead');

SELECT * FROM finish();
ROLLBACK;
