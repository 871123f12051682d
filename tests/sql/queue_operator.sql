-- What people do at an SQL prompt: every change is audited under their name.
BEGIN;
SELECT * FROM no_plan();
UPDATE core.cron SET last_slot = 'infinity';
SELECT api.worker_join('h', 1, 'v', '{"light": 4}', '{}') AS w \gset
CREATE FUNCTION pg_temp.state(i uuid) RETURNS text LANGUAGE sql AS
  $$ SELECT concat_ws(' ', s.state, s.reason, s.attempt, s.crashes) FROM core.job_state(i) s $$;
CREATE FUNCTION pg_temp.last_event() RETURNS text LANGUAGE sql AS
  $$ SELECT concat_ws(' ', actor, verb, object, detail) FROM core.event ORDER BY seq DESC LIMIT 1 $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO darkroom_operator;
SELECT 'psql:' || session_user AS me \gset

-- lanes
SELECT is(api.lane_pause('light'), 'lane light paused', 'lane_pause');
SELECT is(pg_temp.last_event(), :'me' || ' lane.paused lane:light', 'is audited');
SELECT ok((SELECT paused FROM core.lane WHERE name = 'light'), 'and holds');
SELECT is(api.lane_pause('light'), 'lane light paused', 'again is harmless');
SELECT is(api.lane_resume('light'), 'lane light resumed', 'lane_resume');
SELECT is(pg_temp.last_event(), :'me' || ' lane.resumed lane:light', 'is audited');
SELECT throws_ok($$SELECT api.lane_pause('nosuch')$$, 'P0002', 'no lane nosuch', 'an unknown lane is named');

-- submit
SELECT api.job_submit('system.noop', '{"a": 1}', 3) AS j \gset
SELECT is(pg_temp.state(:'j'), 'queued 0 0', 'job_submit queues');
SELECT is((SELECT (principal, priority, spec)::text FROM core.job WHERE id = :'j'), '(0,3,"{""a"": 1}")', 'a job of the node');
SELECT is(pg_temp.last_event(), :'me' || ' job.submitted ' || :'j' || ' {"kind": "system.noop"}', 'audited');
SELECT is(pg_temp.state(api.job_submit('system.noop', p_due => clock_timestamp() + interval '1 h')), 'later scheduled 0 0', 'or schedules');
SELECT throws_ok($$SELECT api.job_submit('compute.script', '{}')$$, 'P0002', NULL, 'not a kind that needs a lease');
SELECT throws_ok($$SELECT api.job_submit('nosuch')$$, 'P0002', NULL, 'nor an unknown one');
SELECT throws_ok($$SELECT api.job_submit('system.noop', '[]')$$, '22023', 'spec: an object of at most 64 KiB', 'a spec is an object');
SELECT api.job_submit_many('system.noop', ARRAY['{"a": 1}', '{"a": 2}', '{}']::jsonb[]) AS many \gset
SELECT is(ARRAY(SELECT j.spec FROM unnest(:'many'::uuid[]) WITH ORDINALITY u(id, n) JOIN core.job j USING (id) ORDER BY n),
          ARRAY['{"a": 1}', '{"a": 2}', '{}']::jsonb[], 'job_submit_many gives the ids beside the specs');
SELECT is(ARRAY(SELECT pg_temp.state(i) FROM unnest(:'many'::uuid[]) i), array_fill('queued 0 0'::text, ARRAY[3]), 'all are queued');
SELECT is(ARRAY(SELECT api.job_cancel_by_operator(i::text) FROM unnest(:'many'::uuid[]) i), array_fill('cancelled'::text, ARRAY[3]), 'each is found again where it waits');
SELECT is(api.job_submit_many('system.noop', '{}'), '{}'::uuid[], 'no specs, no jobs');
SELECT throws_ok($$SELECT api.job_submit_many('compute.script', '{}')$$, 'P0002', NULL, 'many of a kind that needs a lease are refused too');
SELECT throws_ok($$SELECT api.job_submit_many('system.noop', ARRAY['{}', '[]']::jsonb[])$$, '22023', 'specs: each an object of at most 64 KiB', 'each spec is an object');
SELECT throws_ok($$SELECT api.job_submit_many('system.noop', ARRAY[NULL]::jsonb[])$$, '22023', NULL, 'and not NULL');
SELECT throws_ok($$SELECT api.job_submit_many('system.noop', array_fill('{}'::jsonb, ARRAY[10001]))$$, '22023', 'specs: a list of at most 10,000', 'their number is bounded');
SELECT throws_ok($$SELECT api.job_submit('system.noop', jsonb_build_object('a', (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 5000) n)))$$, '22023', 'spec: an object of at most 64 KiB', 'and bounded');
SELECT throws_ok($$SELECT api.job_submit('system.noop', '{}', 11)$$, '22023', 'priority: -10 to 10', 'so is priority');

-- move
SELECT is(api.job_move(:'j', -5), 'moved', 'job_move');
SELECT is((SELECT rank FROM core.ready WHERE id = :'j'), (SELECT core.rank_at(created_at, -5) FROM core.job WHERE id = :'j'), 'changes the rank, waiting counts');
SELECT is(pg_temp.last_event(), :'me' || ' job.moved ' || :'j' || ' {"priority": -5}', 'audited');
SELECT throws_ok(format('SELECT api.job_move(%L, 11)', :'j'), '22023', 'priority: -10 to 10', 'within bounds');
SELECT throws_ok(format('SELECT api.job_move(%L, NULL)', :'j'), '22023', 'priority: -10 to 10', 'which NULL is not');
SELECT api.job_submit('system.noop', p_due => clock_timestamp() + interval '1 h') AS l \gset
SELECT is(api.job_move(:'l', 5), 'moved', 'a scheduled one too');

-- cancel
SELECT is(api.job_cancel_by_operator(:'l'), 'cancelled', 'job_cancel_by_operator');
SELECT is((SELECT outcome FROM core.done WHERE id = :'l'), '{"by": "operator"}', 'says who');
SELECT is(api.job_cancel_by_operator(:'l'), 'cancelled', 'again is harmless');
SELECT throws_ok(format('SELECT api.job_move(%L, 0)', :'l'), '55000', NULL, 'what is final cannot move');
SELECT throws_ok(format('SELECT api.job_cancel_by_operator(%L)', t), 'P0002', NULL, 'no such job: ' || t)
  FROM (VALUES (gen_random_uuid()::text), ('comp-aaisem2ekvthpcezvk54zxpo74'), ('x'), ('')) v(t);

-- retry
SELECT throws_ok(format('SELECT api.job_retry(%L)', :'l'), '55000', 'job ' || :'l' || ' is cancelled, not dead', 'only dead jobs');
SELECT throws_ok(format('SELECT api.job_retry(%L)', :'j'), '55000', 'job ' || :'j' || ' is queued, not dead', 'not open ones');
SELECT core.job_final(:'j', 'dead', 'QUARANTINED') \gset _
SELECT is(api.job_retry(:'j'), 'queued', 'job_retry');
SELECT is(pg_temp.state(:'j'), 'queued 0 0', 'gives a dead job another life, crashes forgotten');
SELECT is(pg_temp.last_event(), :'me' || ' job.retried ' || :'j', 'audited');

-- retry of a computation: its run of the lease is held again
INSERT INTO core.principal (public_id, name, roles) VALUES ('prn_o', 'o', '{owner}'), ('prn_c', 'c', '{consumer}');
INSERT INTO core.data_lease (lease_id, owner, consumer, state, max_runs, runs_held, expires_at)
SELECT 'l1', o.id, c.id, 'approved', 2, 1, clock_timestamp() + interval '1 h' FROM core.principal o, core.principal c WHERE o.name = 'o' AND c.name = 'c';
SELECT core.enqueue(1::smallint, (SELECT id FROM core.principal WHERE name = 'c'), '{}') AS m \gset
INSERT INTO core.computation (job_id, public_id, principal, owner, variables, assets, versions, serial, script_sha256, image, image_digest, run_held, hold, reveal)
SELECT :'m', '00112233-4455-6677-8899-aabbccddeeff', d.consumer, d.owner, '{}', '{}', '{}', d.serial, 'x', 'data', 'd', true, false, true FROM core.data_lease d WHERE d.lease_id = 'l1';
SELECT core.job_final(:'m', 'dead', 'QUARANTINED') \gset _
SELECT is(core.lease_runs_left((SELECT serial FROM core.data_lease WHERE lease_id = 'l1')), 1, 'a quarantined computation used its run');
SELECT is(api.job_retry('comp-aaisem2ekvthpcezvk54zxpo74'), 'queued', 'retry by public id');
SELECT is((SELECT (finished_at IS NULL)::text || release_state FROM core.computation WHERE job_id = :'m'), 'truenone', 'the computation is open again');
SELECT is(core.lease_runs_left((SELECT serial FROM core.data_lease WHERE lease_id = 'l1')), 1, 'its run is held');
SELECT is((SELECT count(*) FROM core.run_note), 0::bigint, 'and no longer used');
SELECT is(pg_temp.last_event(), :'me' || ' job.retried comp-aaisem2ekvthpcezvk54zxpo74', 'audited under its public id');
SELECT core.job_final(:'m', 'dead', 'QUARANTINED') \gset _
SELECT is((SELECT count(*) FROM core.run_note WHERE used), 1::bigint, 'and it can end again');

-- settings
SELECT is(api.setting_set('queue_max', '5'), 'queue_max = 5', 'setting_set');
SELECT is(core.setting_int('queue_max'), 5::bigint, 'holds');
SELECT is(pg_temp.last_event(), :'me' || ' setting.changed setting:queue_max {"to": 5, "from": 100000}', 'audited with both values');
SELECT throws_ok($$SELECT api.setting_set('nosuch', '1')$$, 'P0002', 'no setting nosuch', 'unknown');
SELECT throws_ok($$SELECT api.setting_set('queue_max', '"5"')$$, '22023', 'queue_max: must be a number', 'of the type it has');
SELECT throws_ok($$SELECT api.setting_set('queue_max', NULL)$$, '22023', 'queue_max: must be a number', 'never NULL');
SELECT throws_ok($$SELECT api.setting_set('queue_max', '-1')$$, '22023', 'queue_max: must not be negative', 'not negative');
SELECT throws_ok($$SELECT api.setting_set('maintenance', '1')$$, '22023', 'maintenance: must be a boolean', 'truths are truths');

-- drain
SELECT matches(api.worker_drain(:w), '^worker \d+ draining, 0 jobs running$', 'worker_drain');
SELECT is(pg_temp.last_event(), :'me' || ' worker.drained worker:' || :w, 'audited');
SELECT is((SELECT state FROM core.worker WHERE id = :w), 'draining', 'holds');
UPDATE core.worker SET state = 'gone' WHERE id = :w;
SELECT throws_ok(format('SELECT api.worker_drain(%s)', :w), 'P0002', NULL, 'a gone worker stays gone');

SELECT * FROM finish();
ROLLBACK;
