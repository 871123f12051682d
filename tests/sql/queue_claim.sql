-- Who gets which job: order, bands, fair shares, limits, suspects.
BEGIN;
SELECT * FROM no_plan();
UPDATE core.cron SET last_slot = 'infinity';
SELECT api.worker_join('h', 1, 'v', '{"light": 100}', '{}') AS w \gset
CREATE TEMP TABLE got (n serial, what text, id uuid, tenant int, attempt int);
CREATE FUNCTION pg_temp.take(n int, c int DEFAULT -1) RETURNS SETOF got LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE got RESTART IDENTITY;
  INSERT INTO got (what, id, tenant, attempt)
  SELECT t.what, t.id, t.tenant, t.attempt FROM api.job_turn((SELECT max(id) FROM core.worker), 2::smallint, '{}', '{}', '[]', n, c) t;
  RETURN QUERY SELECT * FROM got ORDER BY n;
END $$;
CREATE FUNCTION pg_temp.tenants(n int, c int DEFAULT -1) RETURNS int[] LANGUAGE sql AS
  $$ SELECT array_agg(t.tenant ORDER BY t.n) FROM pg_temp.take(n, c) t WHERE t.what = 'claim' $$;
CREATE FUNCTION pg_temp.clear() RETURNS void LANGUAGE sql AS $$ DELETE FROM core.lease; DELETE FROM core.ready; DELETE FROM core.later; $$;
CREATE FUNCTION pg_temp.put(t int, n int DEFAULT 1, prio int DEFAULT 0, b int DEFAULT 1) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE v uuid;
BEGIN
  FOR i IN 1 .. n LOOP v := core.enqueue(2::smallint, t, '{}', p_priority => prio, p_band => b); END LOOP;
  RETURN v;
END $$;
-- tenants (and ids) of n batches of one
CREATE FUNCTION pg_temp.singly(n int) RETURNS SETOF got LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1 .. n LOOP RETURN QUERY SELECT i, t.what, t.id, t.tenant, t.attempt FROM pg_temp.take(1) t WHERE t.what = 'claim'; END LOOP;
END $$;

-- one job
SELECT pg_temp.put(7) AS j \gset
SELECT is(count(*), 0::bigint, 'want 0 claims nothing') FROM pg_temp.take(0);
SELECT is(array_agg(t.what || t.id || t.tenant || t.attempt), ARRAY['claim' || :'j' || '71'], 'the job comes, attempt 1') FROM pg_temp.take(5) t;
SELECT is((SELECT (worker, lane, kind, phase, started_at)::text FROM core.lease WHERE id = :'j'), format('(%s,2,2,starting,)', :w), 'and is leased');
SELECT is((SELECT count(*) FROM core.ready WHERE id = :'j'), 0::bigint, 'and no longer ready');
SELECT is(count(*), 0::bigint, 'nobody gets it twice') FROM pg_temp.take(5);
SELECT pg_temp.clear() \gset _

-- the only job of a lane goes the short way, which must say the same as the long one
CREATE FUNCTION pg_temp.durable() RETURNS text LANGUAGE sql AS $$ SELECT current_setting('synchronous_commit') $$;
SELECT core.enqueue(2::smallint, 7, '{"code": "x"}', p_timeout_ms => 99) AS j \gset
SELECT id, tenant, attempt, kind, timeout_ms, spec, payload FROM core.lane_front(:w, 2::smallint, 5) f, core.ready_take((1 - f.older)::smallint, f.lone, :w) \gset lone_
SELECT is((SELECT (worker, lane, band, tenant, kind, attempt, crashes, timeout_ms)::text FROM core.lease WHERE id = :'j'), format('(%s,2,1,7,2,1,0,99)', :w), 'its lease is whole');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(7), pg_temp.put(8) \gset _
SELECT is((SELECT f.lone FROM core.lane_front(:w, 2::smallint, 5) f), NULL, 'one of two tenants'' jobs does not go it');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(7, 2) \gset _
SELECT is((SELECT f.lone FROM core.lane_front(:w, 2::smallint, 5) f), NULL, 'nor one of a tenant''s two');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(7) \gset _
UPDATE core.ready SET crashes = 1;
SELECT is((SELECT f.lone FROM core.lane_front(:w, 2::smallint, 5) f), NULL, 'nor a suspect');
UPDATE core.ready SET crashes = 0, spec = NULL;
SELECT is((SELECT f.lone FROM core.lane_front(:w, 2::smallint, 5) f), NULL, 'nor one whose spec is elsewhere');
SELECT pg_temp.clear() \gset _
INSERT INTO core.principal (id, public_id, name, roles, max_running) OVERRIDING SYSTEM VALUE VALUES (-7, 'prn_lone', 'lone', '{}', 1);
SELECT pg_temp.put(-7) \gset _
SELECT is((SELECT f.lone FROM core.lane_front(:w, 2::smallint, 5) f), NULL, 'nor one of a tenant with a limit');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(7) \gset _
UPDATE core.segment SET current = 1 - current, since = clock_timestamp();
SELECT is((SELECT f.lone FROM core.lane_front(:w, 2::smallint, 5) f), NULL, 'nor one of the older segment');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(7) AS j \gset
SELECT is(count(*), 1::bigint, 'a claim that finishes nothing') FROM pg_temp.take(5);
SELECT is(pg_temp.durable(), 'off', 'is not waited for on the disk');
SET LOCAL synchronous_commit = on;
SELECT token FROM core.lease WHERE id = :'j' \gset
SELECT pg_temp.put(7) AS k \gset
SELECT is((SELECT t.id FROM api.job_turn(:w, 2::smallint, ARRAY[:'j'::uuid], ARRAY[:'token'::uuid], NULL, 5, -1) t WHERE t.what = 'claim'), :'k'::uuid, 'one that finishes claims too');
SELECT is(pg_temp.durable(), 'on', 'and is');
SELECT pg_temp.clear() \gset _

-- what a claim hands out
SELECT core.enqueue(2::smallint, 3, '{"x": 1}', p_timeout_ms => 1234) AS j \gset
SELECT results_eq(format($$SELECT what, id, tenant, attempt, kind, timeout_ms, spec, payload FROM api.job_turn(%s, 2::smallint, '{}', '{}', '[]', 1, -1)$$, :w),
  format($$VALUES ('claim', %L::uuid, 3, 1, 'system.noop', 1234::bigint, '{"x": 1}'::jsonb, NULL::bytea)$$, :'j'), 'all a runner needs');
SELECT pg_temp.clear() \gset _

SELECT core.enqueue(2::smallint, 3, jsonb_build_object('x', repeat('y', 500))) AS long \gset
SELECT is((SELECT r.spec FROM core.ready r WHERE r.id = :'long'), NULL, 'a long spec does not travel in ready');
SELECT core.enqueue(2::smallint, 3, '{"x": 1}', p_expires_at => now() + interval '1 h') AS expires \gset
SELECT is((SELECT r.spec FROM core.ready r WHERE r.id = :'expires'), NULL, 'nor that of a job that may expire');
SELECT core.enqueue(2::smallint, 3, '{"x": 2}') AS short \gset
SELECT set_eq(format($$SELECT id, spec FROM api.job_turn(%s, 2::smallint, '{}', '{}', '[]', 5, -1)$$, :w),
  $$SELECT j.id, j.spec FROM core.job j WHERE j.principal = 3 AND j.id IN (SELECT l.id FROM core.lease l)$$, 'all are handed out as they were submitted');
SELECT is((SELECT count(*) FROM core.lease), 3::bigint, 'in one batch');
SELECT pg_temp.clear() \gset _

-- where the older segment begins is remembered
UPDATE core.segment SET current = 1 - current, since = clock_timestamp();
SELECT pg_temp.put(1, 1) AS a, pg_temp.put(1, 1) AS b, pg_temp.put(1, 1) AS c \gset
UPDATE core.segment SET current = 1 - current, since = clock_timestamp();
SELECT is((SELECT t.id FROM pg_temp.take(1) t WHERE what = 'claim'), :'a'::uuid, 'the first of the older segment');
SELECT is((SELECT t.id FROM pg_temp.take(1) t WHERE what = 'claim'), :'b'::uuid, 'the second');
DELETE FROM core.lease WHERE id = :'a';
INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms)
SELECT 1 - s.current, 2, 0, 0, 0, :'a', 2, 1 FROM core.segment s;
SELECT is((SELECT array_agg(t.id ORDER BY t.n) FROM pg_temp.singly(2) t), ARRAY[:'c', :'a']::uuid[], 'what comes back before that place is met when nothing else is there');
SELECT pg_temp.clear() \gset _

-- order within a tenant: priority is worth ten minutes a step
SELECT pg_temp.put(1, 1, 0) AS a, pg_temp.put(1, 1, 1) AS b, pg_temp.put(1, 1, -1) AS c \gset
SELECT is(array_agg(t.id ORDER BY t.n), ARRAY[:'b', :'a', :'c']::uuid[], 'higher priority first, then age')
  FROM pg_temp.singly(3) t;
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(1, 1, 0) AS a, pg_temp.put(1, 1, 1) AS b \gset
UPDATE core.ready SET rank = rank - 11 * 60000000::bigint WHERE id = :'a';
SELECT is((SELECT t.id FROM pg_temp.take(1) t WHERE what = 'claim'), :'a'::uuid, 'eleven minutes of waiting beat one step');
SELECT pg_temp.clear() \gset _

-- fair shares
SELECT pg_temp.put(1, 50) AS x0, pg_temp.put(2, 1) AS x1, pg_temp.put(3, 1) AS x2 \gset _
SELECT is(pg_temp.tenants(3), '{1,2,3}', 'one each before anybody has two');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(1, 3) AS x0, pg_temp.put(2, 3) AS x1, pg_temp.put(3, 3) AS x2 \gset _
SELECT is(pg_temp.tenants(2, 1), '{2,3}', 'the next batch starts after the cursor');
SELECT is(pg_temp.tenants(2, 3), '{1,2}', 'and goes round');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(1, 100) AS x0, pg_temp.put(2, 2) AS x1 \gset _
SELECT is((SELECT count(*) FILTER (WHERE t = 2) || '/' || count(*) FROM unnest(pg_temp.tenants(10)) t), '2/10', 'what one tenant leaves, another takes');
SELECT pg_temp.clear() \gset _

-- the batch says when there is more
SELECT pg_temp.put(1, 3) AS x0 \gset _
SELECT is(array_agg(t.what ORDER BY t.n), '{claim,claim,more}'::text[], 'filled, and more is left') FROM pg_temp.take(2) t;
SELECT is(array_agg(t.what ORDER BY t.n), '{claim}'::text[], 'the last one') FROM pg_temp.take(2) t;
SELECT pg_temp.clear() \gset _

-- bands: strict, but every eighth claim of a session starts at the lowest
SELECT set_config('darkroom.claim_turn_2', '0', false) \gset _
SELECT pg_temp.put(1, 20, 0, 1) AS x0, pg_temp.put(2, 20, 10, 3) AS x1 \gset _
SELECT is(array_agg(t.tenant ORDER BY t.n), '{1,1,1,1,1,1,1,2,1}'::int[], 'band 1 first, band 3 at the eighth claim') FROM pg_temp.singly(9) t;
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(1, 2, 0, 0) AS x0, pg_temp.put(2, 2, 0, 3) AS x1 \gset _
SELECT set_config('darkroom.claim_turn_2', '0', false) \gset _
SELECT is(pg_temp.tenants(3), '{1,1,2}', 'a batch goes on in the next band');
SELECT pg_temp.clear() \gset _

-- segments: the older one first
SELECT pg_temp.put(1) AS a \gset
UPDATE core.segment SET current = 1 - current;
SELECT pg_temp.put(1, 1, 10) AS b \gset
SELECT is((SELECT t.id FROM pg_temp.take(1) t WHERE what = 'claim'), :'a'::uuid, 'the older segment is drained first');
SELECT is((SELECT t.id FROM pg_temp.take(1) t WHERE what = 'claim'), :'b'::uuid, 'then the current one');
SELECT pg_temp.clear() \gset _

-- limits
INSERT INTO core.principal (public_id, name, roles, max_running) VALUES ('prn_a', 'a', '{consumer}', 2), ('prn_b', 'b', '{consumer}', NULL);
SELECT id AS a FROM core.principal WHERE name = 'a' \gset
SELECT id AS b FROM core.principal WHERE name = 'b' \gset
SELECT pg_temp.put(:a, 5) AS x0, pg_temp.put(:b, 5) AS x1 \gset _
SELECT is((SELECT count(*) FILTER (WHERE t = :a) || '/' || count(*) FROM unnest(pg_temp.tenants(10)) t), '2/7', 'max_running of a principal holds, others are not held up');
SELECT is(pg_temp.tenants(10), NULL, 'nothing more while two run');
DELETE FROM core.lease WHERE id = (SELECT id FROM core.lease WHERE tenant = :a LIMIT 1);
SELECT is(pg_temp.tenants(10), ARRAY[:a], 'one ends, one comes');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(:a, 3) AS x0, pg_temp.put(:b, 1) AS x1 \gset _
INSERT INTO core.lease (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms)
SELECT gen_random_uuid(), gen_random_uuid(), 1, 1, 1, :a, 0, 2, 1, 0, 1 FROM generate_series(1, 2);
SELECT is(pg_temp.tenants(10, :b), ARRAY[:b], 'a tenant at its limit does not end the round, wherever the cursor stands');
SELECT pg_temp.clear() \gset _
UPDATE core.lane SET max_running = 3 WHERE id = 2;
SELECT pg_temp.put(:b, 5) AS x0 \gset _
SELECT is(cardinality(pg_temp.tenants(10)), 3, 'max_running of a lane holds');
SELECT is(pg_temp.tenants(10), NULL, 'until one ends');
UPDATE core.lane SET max_running = NULL WHERE id = 2;
SELECT pg_temp.clear() \gset _

-- pause, maintenance, draining, strangers
SELECT pg_temp.put(1, 4) AS x0 \gset _
UPDATE core.lane SET paused = true WHERE id = 2;
SELECT is(pg_temp.tenants(1), NULL, 'a paused lane hands out nothing');
UPDATE core.lane SET paused = false WHERE id = 2;
UPDATE core.setting SET value = 'true' WHERE name = 'maintenance';
SELECT is(pg_temp.tenants(1), NULL, 'nor does a node in maintenance');
UPDATE core.setting SET value = 'false' WHERE name = 'maintenance';
UPDATE core.worker SET state = 'draining' WHERE id = :w;
SELECT is(pg_temp.tenants(1), NULL, 'nor does it to a draining worker');
UPDATE core.worker SET state = 'gone' WHERE id = :w;
SELECT is(pg_temp.tenants(1), NULL, 'nor to one that was given up');
UPDATE core.worker SET state = 'live' WHERE id = :w;
SELECT is((SELECT count(*) FROM api.job_turn(0, 2::smallint, '{}', '{}', '[]', 1, -1)), 0::bigint, 'nor to an unknown one');
SELECT is((SELECT count(*) FROM api.job_turn(:w, 99::smallint, '{}', '{}', '[]', 1, -1)), 0::bigint, 'an unknown lane is empty');
SELECT is(pg_temp.tenants(1), '{1}', 'all well: it does');
SELECT pg_temp.clear() \gset _

-- suspects
SELECT pg_temp.put(1, 1), pg_temp.put(1, 1) AS s, pg_temp.put(2, 1), pg_temp.put(3, 1) AS s2 \gset
UPDATE core.ready SET crashes = 2 WHERE id IN (:'s', :'s2');
SELECT is((SELECT array_agg(t.id) FROM pg_temp.take(10) t WHERE what = 'claim'), ARRAY[:'s']::uuid[], 'a suspect on its last chance is alone in its batch');
SELECT is((SELECT array_agg(t.id) FROM pg_temp.take(10) t WHERE what = 'claim'), ARRAY[:'s2']::uuid[], 'the next one too');
SELECT is(pg_temp.tenants(10), '{1,2}', 'then the others');
SELECT pg_temp.clear() \gset _
SELECT pg_temp.put(1, 1, 0, 0), pg_temp.put(1, 1, 0, 1) AS s \gset
UPDATE core.ready SET crashes = 2 WHERE id = :'s';
SELECT is(cardinality(pg_temp.tenants(10)), 1, 'a suspect of a lower band waits when the batch has begun');
SELECT is((SELECT array_agg(t.id) FROM pg_temp.take(10) t WHERE what = 'claim'), ARRAY[:'s']::uuid[], 'and is next');
SELECT pg_temp.clear() \gset _

CREATE FUNCTION pg_temp.batch() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM pg_temp.take(100) t WHERE what = 'claim' $$;
SELECT pg_temp.put(9, 40) \gset _
UPDATE core.ready SET crashes = 1;
SELECT pg_temp.put(9, 1), pg_temp.put(9, 1) AS s \gset
UPDATE core.ready SET crashes = 2 WHERE id = :'s';
SELECT is(pg_temp.batch(), 32::bigint, 'suspects with a chance to spare come in groups');
SELECT is(pg_temp.batch(), 8::bigint, 'of their own kind only');
SELECT is((SELECT array_agg(t.id) FROM pg_temp.take(10) t WHERE what = 'claim'), ARRAY[:'s']::uuid[], 'then the one that has none');
SELECT is(pg_temp.batch(), 1::bigint, 'then the others');
SELECT pg_temp.clear() \gset _
UPDATE core.setting SET value = '2' WHERE name = 'crash_max';
SELECT pg_temp.put(9, 2) \gset _
UPDATE core.ready SET crashes = 1;
SELECT is(pg_temp.batch(), 1::bigint, 'with crash_max 2 the second chance is the last');
UPDATE core.setting SET value = '3' WHERE name = 'crash_max';
SELECT pg_temp.clear() \gset _

-- refused at the claim
SELECT core.enqueue(2::smallint, 1, '{}', p_expires_at => clock_timestamp() + interval '1 h') AS ok,
       core.enqueue(2::smallint, 1, '{}', p_expires_at => clock_timestamp() - interval '1 s') AS old,
       core.enqueue(1::smallint, 1, '{}') AS bad \gset
SELECT is((SELECT array_agg(t.id) FROM pg_temp.take(10) t WHERE what = 'claim'), ARRAY[:'ok']::uuid[], 'an expired job is not handed out');
SELECT is((SELECT (state, reason)::text FROM core.done WHERE id = :'old'), '(failed,QUEUE_EXPIRED)', 'but ended');
SELECT is((SELECT count(*) FROM api.job_turn(:w, 1::smallint, '{}', '{}', '[]', 1, -1)), 0::bigint, 'what compute_admit refuses is not handed out');
SELECT is((SELECT (state, reason)::text FROM core.done WHERE id = :'bad'), format('(failed,%s)', core.compute_admit(:'bad')), 'but ended with its reason');
SELECT is((SELECT count(*) FROM core.lease WHERE id IN (:'old', :'bad')), 0::bigint, 'and leaves no lease');

SELECT core.enqueue(2::smallint, 1, '{}', p_expires_at => clock_timestamp() - interval '1 s') AS ran \gset
UPDATE core.ready SET attempt = 1 WHERE id = :'ran';
SELECT is((SELECT array_agg(t.id) FROM pg_temp.take(10) t WHERE what = 'claim'), ARRAY[:'ran']::uuid[], 'one that has run does not expire: it is handed out again');

SELECT * FROM finish();
ROLLBACK;
