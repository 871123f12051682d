-- Workers: join, beat, being lost, leaving.  What becomes of their jobs.
BEGIN;
SELECT * FROM no_plan();
UPDATE core.cron SET last_slot = 'infinity';
CREATE FUNCTION pg_temp.run(w int) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE v uuid := core.enqueue(2::smallint, 1, '{}');
BEGIN
  PERFORM api.job_turn(w, 2::smallint, '{}', '{}', '[]', 1, -1);
  RETURN v;
END $$;
CREATE FUNCTION pg_temp.state(i uuid) RETURNS text LANGUAGE sql AS
  $$ SELECT concat_ws(' ', s.state, s.reason, s.attempt, s.crashes) FROM core.job_state(i) s $$;
CREATE FUNCTION pg_temp.beat(w int, t uuid[], proved boolean DEFAULT false) RETURNS text LANGUAGE sql AS
  $$ SELECT string_agg(concat_ws(' ', b.what, b.token), ',') FROM api.worker_beat(w, t, '{}', '{"containers": {"ready": 1}}', proved) b $$;

SELECT api.worker_join('h', 10, 'v', '{"light": 4}', '{"cgroup": "v2"}') AS w \gset
SELECT api.worker_join('h', 11, 'v', '{"light": 4}', '{}') AS x \gset
SELECT isnt(:w, :x, 'every start gets an id of its own');
SELECT is((SELECT count(*) FROM core.worker WHERE id IN (:w, :x) AND state = 'live'), 2::bigint, 'another pid of this host is another worker');

-- beat
UPDATE core.worker SET beat = clock_timestamp() - interval '10 s' WHERE id = :w;
SELECT is(pg_temp.beat(:w, '{}'), NULL, 'a beat with nothing to say');
SELECT ok((SELECT beat > clock_timestamp() - interval '1 s' AND proved_at IS NULL AND pool = '{"containers": {"ready": 1}}' FROM core.worker WHERE id = :w), 'keeps time and pool');
SELECT is(pg_temp.beat(:w, '{}', true), NULL, 'a proving beat');
SELECT ok((SELECT proved_at IS NOT NULL FROM core.worker WHERE id = :w), 'is remembered');
SELECT pg_temp.run(:w) AS j \gset
SELECT token AS t FROM core.lease WHERE id = :'j' \gset
SELECT is(pg_temp.beat(:w, ARRAY[:'t']::uuid[]), NULL, 'a token that holds');
SELECT is(pg_temp.beat(:w, ARRAY[:'t', '00000000-0000-0000-0000-000000000001']::uuid[]), 'lost 00000000-0000-0000-0000-000000000001', 'one that does not is lost');
SELECT is(pg_temp.beat(:x, ARRAY[:'t']::uuid[]), 'lost ' || :'t', 'another worker''s token is not ours');
SELECT count(*) FROM api.worker_beat(:w, ARRAY[:'t']::uuid[], jsonb_build_object(:'j', '{"cpu_ms": 7}'::jsonb), '{}', false) \gset _
SELECT is((SELECT usage FROM core.lease WHERE id = :'j'), '{"cpu_ms": 7}', 'usage is kept with the lease');
SELECT is(pg_temp.beat(:w, '{}'), NULL, 'a fresh lease that a beat does not name');
SELECT is(pg_temp.state(:'j'), 'running 1 0', 'may be an answer under way');
UPDATE core.lease SET claimed_at = clock_timestamp() - interval '16 s' WHERE id = :'j';
SELECT is(pg_temp.beat(:w, '{}'), NULL, 'an old one');
SELECT is(pg_temp.state(:'j'), 'queued 0 0', 'was lost on the way and returns, nothing counted');
UPDATE core.worker SET state = 'draining' WHERE id = :w;
SELECT is(pg_temp.beat(:w, '{}'), 'drain', 'a draining worker is told');
UPDATE core.worker SET state = 'live' WHERE id = :w;
SELECT is(pg_temp.beat(99999, '{}'), 'gone', 'an unknown worker is gone');

-- lost by silence
DELETE FROM core.ready;
SELECT pg_temp.run(:w) AS j \gset
SELECT token AS t, rank AS rank FROM core.lease WHERE id = :'j' \gset
UPDATE core.worker SET beat = clock_timestamp() - interval '19 s' WHERE id = :w;
SELECT is((SELECT count(*) FROM api.sweep(:x) s WHERE s.what = 'reaped'), 0::bigint, 'within worker_ttl_ms nothing happens');
UPDATE core.worker SET beat = clock_timestamp() - interval '21 s' WHERE id = :w;
SELECT is((SELECT n FROM api.sweep(:x) s WHERE s.what = 'reaped'), 1::bigint, 'past it the jobs are taken back');
SELECT is(pg_temp.state(:'j'), 'queued 1 1', 'runnable at once, one crash');
SELECT is((SELECT rank FROM core.ready WHERE id = :'j'), :rank::bigint, 'at its old place');
SELECT is((SELECT (reason, started)::text FROM core.attempt WHERE id = :'j'), '(WORKER_LOST,f)', 'the lost run is on record');
SELECT is(pg_temp.beat(:w, ARRAY[:'t']::uuid[]), 'gone', 'the late worker hears that it is gone');
SELECT is((SELECT count(*) FROM api.job_turn(:w, 2::smallint, '{}', '{}', '[]', 1, -1)), 0::bigint, 'and gets no more');
SELECT is((SELECT x.what FROM api.job_turn(:w, 2::smallint, ARRAY[:'j']::uuid[], ARRAY[:'t']::uuid[], '[{"state": "completed", "started": true}]', 0, -1) x), 'fenced', 'its late finish is fenced');
SELECT is(pg_temp.state(:'j'), 'queued 1 1', 'and changes nothing');

-- a claim that was under way while its worker was marked
INSERT INTO core.lease (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms)
VALUES (core.uuid7(), gen_random_uuid(), :w, 2, 1, 1, 0, 2, 1, 0, 1);
SELECT is(core.lease_reap(), 1::bigint, 'is found by the next sweep');
INSERT INTO core.lease (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms)
VALUES (core.uuid7(), gen_random_uuid(), 99999, 2, 1, 1, 0, 2, 1, 0, 1);
SELECT is(core.lease_reap(), 1::bigint, 'as is a lease of a worker without a row');

-- quarantine
DELETE FROM core.ready WHERE id <> :'j';
CREATE FUNCTION pg_temp.crash(p int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE w int := api.worker_join('h', p, 'v', '{"light": 4}', '{}');
BEGIN
  PERFORM api.job_turn(w, 2::smallint, '{}', '{}', '[]', 1, -1);
  RETURN api.worker_join('h', p, 'v', '{"light": 4}', '{}');
END $$;
SELECT pg_temp.crash(20) \gset _
SELECT is(pg_temp.state(:'j'), 'queued 2 2', 'a restart with the same pid loses the predecessor''s jobs at once');
SELECT pg_temp.crash(21) \gset _
SELECT is(pg_temp.state(:'j'), 'dead QUARANTINED 3 3', 'crash_max crashes: dead');
SELECT is((SELECT count(*) FROM core.event WHERE verb = 'job.quarantined' AND object = :'j'), 1::bigint, 'and audited');

-- named dead at the start of another
SELECT api.worker_join('g', 30, 'v', '{"light": 4}', '{}') AS w \gset
SELECT api.worker_join('g', 31, 'v', '{"light": 4}', '{"dead_pids": [30]}') AS x \gset
SELECT api.worker_join('other', 30, 'v', '{"light": 4}', '{}') AS y \gset
SELECT is((SELECT string_agg(state, ',' ORDER BY id) FROM core.worker WHERE id IN (:w, :x, :y)), 'gone,live,live', 'dead_pids are of the same host only');

-- leaving
SELECT pg_temp.run(:x) AS a, pg_temp.run(:x) AS b \gset
UPDATE core.lease SET started_at = clock_timestamp() WHERE id = :'b';
SELECT api.worker_leave(:x) \gset _
SELECT is(pg_temp.state(:'a'), 'queued 0 0', 'a worker that leaves returns its jobs without blame');
SELECT is(pg_temp.state(:'b'), 'queued 1 0', 'a run that had begun counts');
SELECT is((SELECT state FROM core.worker WHERE id = :x), 'gone', 'and is gone');
SELECT api.worker_leave(:x) \gset _
SELECT is((SELECT count(*) FROM core.event WHERE verb = 'worker.left' AND object = 'worker:' || :x), 1::bigint, 'once');

-- canary
DELETE FROM core.image;
SELECT is(api.canary_submit(:y, 'M1'), NULL, 'no image, no canary');
INSERT INTO core.image (name, digest, allowed) VALUES
  ('aaa', 'sha256:' || repeat('a', 64), true), ('data', 'sha256:' || repeat('d', 64), true), ('zzz', 'sha256:' || repeat('e', 64), false);
SELECT api.canary_submit(:y, 'M1') AS c \gset
SELECT is((SELECT (lane, band, tenant, kind)::text FROM core.ready WHERE id = :'c'), '(1,0,0,4)', 'a canary goes ahead of everything');
SELECT is((SELECT (spec ->> 'image', spec ->> 'marker')::text FROM core.job WHERE id = :'c'), '(data,M1)', 'in the default image');
SELECT is((SELECT convert_from(t.payload, 'UTF8') FROM api.job_turn(:y, 1::smallint, '{}', '{}', '[]', 1, -1) t WHERE t.id = :'c'), E'print("M1")\n', 'its payload is a script that prints the marker');
SELECT is(api.canary_submit(:y, 'M2'), NULL, 'one at a time');
SELECT throws_ok(format('SELECT api.canary_submit(%s, %L)', :y, E'x")\nimport os'), '22023', NULL, 'a marker is letters and digits');

SELECT * FROM finish();
ROLLBACK;
