-- The end of a run: fences, retries, give-backs, phases.
BEGIN;
SELECT * FROM no_plan();
UPDATE core.cron SET last_slot = 'infinity';
SELECT api.worker_join('h', 1, 'v', '{"light": 100}', '{}') AS w \gset
CREATE TEMP TABLE held (id uuid, token uuid);
-- one new job, claimed: its id; the token is in held
CREATE FUNCTION pg_temp.run(k int DEFAULT 2) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE v uuid;
BEGIN
  v := core.enqueue(k::smallint, 1, '{}');
  INSERT INTO held SELECT t.id, t.token FROM api.job_turn((SELECT max(id) FROM core.worker), 2::smallint, '{}', '{}', '[]', 1, -1) t WHERE what = 'claim';
  RETURN v;
END $$;
CREATE FUNCTION pg_temp.token(i uuid) RETURNS uuid LANGUAGE sql AS $$ SELECT token FROM core.lease WHERE id = i $$;
-- finish: what the turn said
CREATE FUNCTION pg_temp.finish(i uuid, t uuid, o jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(x.what || ' ' || x.id, ',') FROM api.job_turn((SELECT max(id) FROM core.worker), 2::smallint, ARRAY[i], ARRAY[t], jsonb_build_array(o), 0, -1) x $$;
CREATE FUNCTION pg_temp.state(i uuid) RETURNS text LANGUAGE sql AS
  $$ SELECT concat_ws(' ', s.state, s.reason, s.attempt, s.crashes) FROM core.job_state(i) s $$;

-- completed
SELECT pg_temp.run() AS j \gset
SELECT is(pg_temp.state(:'j'), 'running 1 0', 'claimed: running');
SELECT is(pg_temp.finish(:'j', pg_temp.token(:'j'), '{"state": "completed", "started": true, "usage": {"wall_ms": 3}, "files": [{"data_b64": "eA=="}]}'), NULL, 'a finish with the right token says nothing');
SELECT is(pg_temp.state(:'j'), 'completed 1 0', 'and the job is completed');
SELECT is((SELECT outcome FROM core.done WHERE id = :'j'), '{"state": "completed", "started": true, "usage": {"wall_ms": 3}}', 'its outcome is kept, without the bytes of files');
SELECT is((SELECT (principal, kind, worker)::text FROM core.done WHERE id = :'j'), format('(1,2,%s)', :w), 'with whose it was and who ran it');
SELECT ok((SELECT started_at IS NOT NULL FROM core.done WHERE id = :'j'), 'started although its phase was never told');
SELECT is((SELECT count(*) FROM core.lease WHERE id = :'j'), 0::bigint, 'and the lease is gone');

-- fences
SELECT is(pg_temp.finish(:'j', (SELECT token FROM held WHERE id = :'j'), '{"state": "failed", "reason": "EXCEPTION"}'), 'fenced ' || :'j', 'a second finish is fenced');
SELECT is(pg_temp.state(:'j'), 'completed 1 0', 'and changes nothing');
SELECT pg_temp.run() AS j \gset
SELECT is(pg_temp.finish(:'j', gen_random_uuid(), '{"state": "completed", "started": true}'), 'fenced ' || :'j', 'a wrong token is fenced');
SELECT is(pg_temp.state(:'j'), 'running 1 0', 'and the job runs on');
SELECT is(pg_temp.finish(gen_random_uuid(), gen_random_uuid(), '{}') LIKE 'fenced %', true, 'and a job that never was');

-- many at once, some fenced
SELECT pg_temp.run() AS a, pg_temp.run() AS b \gset
SELECT is((SELECT string_agg(x.what || x.id, ',') FROM api.job_turn(:w, 2::smallint, ARRAY[:'b', :'j', :'a']::uuid[],
  ARRAY[pg_temp.token(:'b'), gen_random_uuid(), pg_temp.token(:'a')],
  '[{"state": "completed", "started": true}, {"state": "completed"}, {"state": "failed", "reason": "OOM", "started": true}]', 0, -1) x), 'fenced' || :'j', 'only the stale one is fenced');
SELECT is(pg_temp.state(:'b'), 'completed 1 0', 'each gets its own outcome');
SELECT is(pg_temp.state(:'a'), 'failed OOM 1 0', 'by position, not by luck');

-- nothing to keep
SELECT pg_temp.run() AS a, pg_temp.run() AS b, pg_temp.run() AS c \gset
SELECT is((SELECT count(*) FROM api.job_turn(:w, 2::smallint, ARRAY[:'a']::uuid[], ARRAY[pg_temp.token(:'a')], NULL, 0, -1)), 0::bigint, 'outcomes NULL: completed');
SELECT is((SELECT string_agg(x.what || x.id, ',') FROM api.job_turn(:w, 2::smallint, ARRAY[:'b', :'a', :'c']::uuid[],
  ARRAY[pg_temp.token(:'b'), gen_random_uuid(), pg_temp.token(:'c')], NULL, 0, -1) x), 'fenced' || :'a', 'a whole batch too, by token');
SELECT is((SELECT string_agg(concat_ws(' ', d.state, d.outcome, d.started_at IS NOT NULL), ',') FROM core.done d WHERE d.id IN (:'a', :'b', :'c')), 'completed t,completed t,completed t', 'each started, none has an outcome');

-- tokens of other jobs
SELECT pg_temp.run() AS a, pg_temp.run() AS b \gset
SELECT is((SELECT count(*) FROM api.job_turn(:w, 2::smallint, ARRAY[:'a', :'b']::uuid[], ARRAY[pg_temp.token(:'b'), pg_temp.token(:'a')],
  '[{"state": "completed"}, {"state": "completed"}]', 0, -1) x WHERE x.what = 'fenced'), 2::bigint, 'a token is good for its own job only');
SELECT is(pg_temp.state(:'a'), 'running 1 0', 'and no lease is lost by it');

-- outcomes nobody should send
SELECT pg_temp.run() AS a, pg_temp.run() AS b, pg_temp.run() AS c, pg_temp.run() AS d \gset
SELECT pg_temp.finish(:'a', pg_temp.token(:'a'), '{"state": "failed", "reason": "NO_SUCH_CODE", "started": true}') AS a,
       pg_temp.finish(:'b', pg_temp.token(:'b'), '"x"') AS b, pg_temp.finish(:'c', pg_temp.token(:'c'), '{"state": "completed", "reason": "OOM", "started": true}') AS c \gset _
SELECT x.what FROM api.job_turn(:w, 2::smallint, ARRAY[:'d']::uuid[], ARRAY[pg_temp.token(:'d')], '[]', 0, -1) x;
SELECT is(pg_temp.state(:'a'), 'failed INTERNAL 1 0', 'an unknown code is INTERNAL');
SELECT is(pg_temp.state(:'b'), 'failed INTERNAL 1 0', 'so is an outcome that is no object');
SELECT is(pg_temp.state(:'d'), 'failed INTERNAL 1 0', 'and one that is missing');
SELECT is(pg_temp.state(:'c'), 'completed 1 0', 'completed has no reason');

-- retries
SELECT pg_temp.run() AS j \gset
SELECT is(pg_temp.finish(:'j', pg_temp.token(:'j'), '{"state": "failed", "reason": "SANDBOX_FAILED", "started": true}'), NULL, 'a fault that is not the job''s');
SELECT is(pg_temp.state(:'j'), 'later retry 1 0', 'is tried again later');
SELECT ok((SELECT due BETWEEN clock_timestamp() - interval '1 s' AND clock_timestamp() + interval '1 s' FROM core.later WHERE id = :'j'), 'within the first backoff (twice 500 ms)');
UPDATE core.later SET due = '-infinity' WHERE id = :'j';
SELECT is(core.later_promote(), 1::bigint, 'when it is due');
SELECT is(pg_temp.state(:'j'), 'queued 1 0', 'it is runnable');
CREATE FUNCTION pg_temp.fail(i uuid, o jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core.later SET due = '-infinity' WHERE id = i;
  PERFORM core.later_promote();
  PERFORM api.job_turn((SELECT max(id) FROM core.worker), 2::smallint, '{}', '{}', '[]', 100, -1);
  PERFORM pg_temp.finish(i, pg_temp.token(i), o);
END $$;
SELECT pg_temp.fail(:'j', '{"state": "failed", "reason": "SANDBOX_FAILED", "started": true}');
SELECT is(pg_temp.state(:'j'), 'later retry 2 0', 'second attempt');
SELECT pg_temp.fail(:'j', '{"state": "failed", "reason": "SANDBOX_FAILED", "started": true}');
SELECT is(pg_temp.state(:'j'), 'failed SANDBOX_FAILED 3 0', 'the third (max_attempts) ends it');
SELECT is((SELECT count(*) FROM core.attempt WHERE id = :'j'), 3::bigint, 'each is on record');

SELECT pg_temp.run() AS j \gset
SELECT pg_temp.finish(:'j', pg_temp.token(:'j'), '{"state": "failed", "reason": "SANDBOX_FAILED", "started": false}');
SELECT is(pg_temp.state(:'j'), 'later retry 0 0', 'a run that never began costs no attempt');
UPDATE core.setting SET value = '3' WHERE name = 'start_max';
SELECT pg_temp.fail(:'j', '{"state": "failed", "reason": "SANDBOX_FAILED", "started": false}');
SELECT is(pg_temp.state(:'j'), 'later retry 0 0', 'nor does the next');
SELECT pg_temp.fail(:'j', '{"state": "failed", "reason": "SANDBOX_FAILED", "started": false}');
SELECT is(pg_temp.state(:'j'), 'failed SANDBOX_FAILED 1 0', 'start_max such runs end the job');
SELECT ok((SELECT started_at IS NULL FROM core.done WHERE id = :'j'), 'which never started');

SELECT pg_temp.run() AS j \gset
SELECT pg_temp.finish(:'j', pg_temp.token(:'j'), '{"state": "failed", "reason": "WORKER_LOST", "started": true}');
SELECT pg_temp.fail(:'j', '{"state": "failed", "reason": "WORKER_LOST", "started": true}');
SELECT is(pg_temp.state(:'j'), 'later retry 2 0', 'a run that its worker lost is tried again');
SELECT pg_temp.fail(:'j', '{"state": "failed", "reason": "WORKER_LOST", "started": true}');
SELECT is(pg_temp.state(:'j'), 'failed WORKER_LOST 3 0', 'but start_max times, not for ever');

SELECT pg_temp.run() AS j \gset
SELECT pg_temp.finish(:'j', pg_temp.token(:'j'), '{"state": "failed", "reason": "EXCEPTION", "started": true}');
SELECT is(pg_temp.state(:'j'), 'failed EXCEPTION 1 0', 'the script''s own failure is never tried again');
-- backoff is bounded
INSERT INTO core.attempt (id, attempt, reason, started) SELECT :'j', 1, 'X', true FROM generate_series(1, 1000);
UPDATE core.setting SET value = '100000' WHERE name = 'start_max';
INSERT INTO core.attempt (id, attempt, reason, started) SELECT :'j', 1, 'X', false FROM generate_series(1, 1000);
SELECT ok(core.job_again(ROW(:'j', gen_random_uuid(), 1, 2, 1, 1, 0, 2, 1, 0, 1, now(), NULL, NULL, 'starting', NULL)::core.lease, 'X', false), 'a thousand failures later');
SELECT ok((SELECT due <= clock_timestamp() + interval '60 s' FROM core.later WHERE id = :'j'), 'the pause is at most the cap');

-- give back
SELECT pg_temp.run() AS j \gset
SELECT (SELECT rank FROM core.lease WHERE id = :'j') AS rank \gset
SELECT is(api.job_give_back(ARRAY[:'j', :'j']::uuid[], ARRAY[gen_random_uuid(), gen_random_uuid()], 'no_container'), 0::bigint, 'a stale token gives nothing back');
SELECT is(api.job_give_back(ARRAY[:'j']::uuid[], ARRAY[pg_temp.token(:'j')], 'no_container'), 1::bigint, 'give back');
SELECT is(pg_temp.state(:'j'), 'queued 0 0', 'returns it, no attempt counted');
SELECT is((SELECT rank FROM core.ready WHERE id = :'j'), :rank::bigint, 'to its old place');

-- phases
DELETE FROM core.ready;
SELECT pg_temp.run() AS j \gset
SELECT is((SELECT concat_ws(' ', ok, deadline_ms) FROM api.job_phase(ARRAY[:'j']::uuid[], ARRAY[pg_temp.token(:'j')], '{fetching}')), 't', 'before the first line there is no deadline');
SELECT is((SELECT phase FROM core.lease WHERE id = :'j'), 'fetching', 'the phase is kept');
SELECT is((SELECT ok::text || (deadline_ms BETWEEN 59000 AND 60000) FROM api.job_phase(ARRAY[:'j']::uuid[], ARRAY[pg_temp.token(:'j')], '{running}')), 'truetrue', 'the first line starts the clock');
UPDATE core.lease SET deadline = deadline - interval '10 s' WHERE id = :'j';
SELECT ok((SELECT deadline_ms <= 50000 FROM api.job_phase(ARRAY[:'j']::uuid[], ARRAY[pg_temp.token(:'j')], '{running}')), 'once');
SELECT is((SELECT ok FROM api.job_phase(ARRAY[:'j']::uuid[], ARRAY[gen_random_uuid()], '{running}')), false, 'a stale token is told');
SELECT throws_ok(format($$SELECT api.job_phase(ARRAY[%L]::uuid[], ARRAY[%L]::uuid[], '{sleeping}')$$, :'j', pg_temp.token(:'j')), '23514', NULL, 'there are four phases');
UPDATE core.lease SET deadline = clock_timestamp() - interval '5 s' WHERE id = :'j';
SELECT is((SELECT deadline_ms FROM api.job_phase(ARRAY[:'j']::uuid[], ARRAY[pg_temp.token(:'j')], '{collecting}')), 0::bigint, 'time left is never negative');

-- the net below the workers' timers
SELECT is(core.lease_overdue(), 0::bigint, 'a worker has a minute past the deadline');
UPDATE core.lease SET deadline = clock_timestamp() - interval '61 s' WHERE id = :'j';
SELECT is(core.lease_overdue(), 1::bigint, 'then the run is ended for it');
SELECT is(pg_temp.state(:'j'), 'failed TIMEOUT 1 0', 'as TIMEOUT');

-- steps in SQL
SELECT is(api.job_step(gen_random_uuid(), gen_random_uuid()), '{"state": "failed", "reason": "WORKER_LOST", "started": false}', 'a step without a lease runs nothing');
SELECT is(api.job_step(:'j', gen_random_uuid()) ->> 'reason', 'WORKER_LOST', 'nor with a stale token');
SELECT core.enqueue(3::smallint, 0, '{}') AS j \gset
SELECT api.job_turn(:w, 3::smallint, '{}', '{}', '[]', 1, -1);
UPDATE core.kind SET sql_step = 'test_step' WHERE id = 3;
CREATE FUNCTION core.test_step(p_job uuid, p_spec jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('job', p_job, 'spec', p_spec) $$;
SELECT is(api.job_step(:'j', pg_temp.token(:'j')), jsonb_build_object('job', :'j', 'spec', '{}'::jsonb), 'a step is the function that its kind names');

SELECT * FROM finish();
ROLLBACK;
