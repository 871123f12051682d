-- Upkeep: promotion, expiry, rotation, cron, days, retention, counters.
BEGIN;
SELECT * FROM no_plan();
SELECT api.worker_join('h', 1, 'v', '{"light": 4}', '{}') AS w \gset
CREATE FUNCTION pg_temp.state(i uuid) RETURNS text LANGUAGE sql AS
  $$ SELECT concat_ws(' ', s.state, s.reason, s.attempt) FROM core.job_state(i) s $$;
UPDATE core.cron SET last_slot = 'infinity';

-- promotion
SELECT core.enqueue(2::smallint, 1, '{}', p_due => clock_timestamp() + interval '1 h') AS a,
       core.enqueue(2::smallint, 1, '{}', p_due => clock_timestamp() + interval '2 h') AS b \gset
UPDATE core.later SET due = clock_timestamp() WHERE id = :'a';
SELECT is(core.later_promote(), 1::bigint, 'what is due');
SELECT is(pg_temp.state(:'a') || ',' || pg_temp.state(:'b'), 'queued 0,later scheduled 0', 'becomes runnable, the rest waits');
SELECT is(core.later_promote(), 0::bigint, 'once');

-- expiry
UPDATE core.watermark SET at = clock_timestamp(), id = '00000000-0000-0000-0000-000000000000' WHERE step = 'expire';
SELECT core.enqueue(2::smallint, 1, '{}', p_expires_at => clock_timestamp() + interval '1 ms') AS q,
       core.enqueue(2::smallint, 1, '{}', p_expires_at => clock_timestamp() + interval '1 h') AS young,
       core.enqueue(2::smallint, 1, '{}', p_expires_at => clock_timestamp() + interval '1 ms') AS ran,
       core.enqueue(2::smallint, 1, '{}', p_expires_at => clock_timestamp() + interval '1 ms', p_due => clock_timestamp() + interval '1 d') AS l \gset
UPDATE core.ready SET attempt = 1 WHERE id = :'ran';
SELECT is((SELECT count(*) FROM pg_sleep(0.01)), 1::bigint, 'ten milliseconds later');
SELECT is(core.job_expire(), 2::bigint, 'jobs past their expiry end');
SELECT is(pg_temp.state(:'q'), 'failed QUEUE_EXPIRED 0', 'a queued one');
SELECT is(pg_temp.state(:'l'), 'failed QUEUE_EXPIRED 0', 'a scheduled one');
SELECT is(pg_temp.state(:'young'), 'queued 0', 'not one with time left');
SELECT is(pg_temp.state(:'ran'), 'queued 1', 'not one that has run');
SELECT is(core.job_expire(), 0::bigint, 'each is looked at once');
UPDATE core.watermark SET at = clock_timestamp() - interval '1 s' WHERE step = 'expire';
INSERT INTO core.job (id, principal, kind, lane, max_attempts, timeout_ms, expires_at, spec)
SELECT core.uuid7(), 1, 2, 2, 3, 1, date_trunc('second', clock_timestamp()), '{}' FROM generate_series(1, 1200);
SELECT core.job_expire() \gset _
SELECT core.job_expire() \gset _
SELECT core.job_expire() \gset _
SELECT is((SELECT id FROM core.watermark WHERE step = 'expire'), '00000000-0000-0000-0000-000000000000', 'a crowd with one expiry is passed in pieces');

-- rotation, from small segments without a past, whatever other tests have left in the files
TRUNCATE core.ready;
SELECT pg_stat_reset_single_table_counters('core.ready_0'::regclass), pg_stat_reset_single_table_counters('core.ready_1'::regclass) \gset _
SELECT current AS c FROM core.segment \gset
SELECT is(core.segment_rotate(), false, 'a small segment is left alone');
INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms)
SELECT :c, 2, 1, 1, n, gen_random_uuid(), 2, 1 FROM generate_series(1, 15000) n;
SELECT is(core.segment_rotate(), true, 'a grown one gives way to the empty one');
SELECT is((SELECT current FROM core.segment), (1 - :c)::smallint, 'which is written from now on');
SELECT is(core.segment_rotate(), false, 'not again while the new one is small');
INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms)
SELECT 1 - :c, 2, 1, 2, n, gen_random_uuid(), 2, 1 FROM generate_series(1, 15000) n;
SELECT is(core.segment_rotate(), false, 'nor while the old one is full');
SELECT is((SELECT count(*) FROM core.ready WHERE seg = :c), 15000::bigint, 'whose jobs stay where they are and in their order');
SELECT is(core.segment_forward(:c::smallint), 5000::bigint, 'when they must move,');
SELECT is((SELECT max(rank) FROM core.ready WHERE seg = :c), 10000::bigint, 'the last of them are the first to go');
DELETE FROM core.ready WHERE seg = :c AND rank % 4 > 0;
SELECT count(*) AS n FROM core.ready \gset
SELECT is(core.segment_rotate(), true, 'what little nobody claimed moves on');
SELECT is((SELECT count(*) FROM core.ready), :n::bigint, 'and nothing is lost');
SELECT is((SELECT count(*) FROM core.ready WHERE seg = :c), 0::bigint, 'the truncated segment is empty');
DELETE FROM core.ready;

-- cron
UPDATE core.cron SET last_slot = NULL, last_job = NULL;
SELECT is(core.cron_run(), 1::bigint, 'a slot makes a job');
SELECT is(core.cron_run(), 0::bigint, 'once');
SELECT last_job AS j FROM core.cron WHERE name = 'retain' \gset
SELECT is(pg_temp.state(:'j'), 'queued 0', 'which is queued');
UPDATE core.cron SET last_slot = last_slot - interval '1 h';
SELECT is(core.cron_run(), 0::bigint, 'catch_up last: not while its last job is open');
SELECT core.job_cancel(:'j', 'test') \gset _
SELECT is(core.cron_run(), 1::bigint, 'then one for all that was missed');
UPDATE core.cron SET catch_up = 'all', last_slot = last_slot - interval '1 h';
SELECT is(core.cron_run(), 12::bigint, 'all: one each');
UPDATE core.cron SET catch_up = 'all', last_slot = last_slot - interval '10 days';
SELECT is(core.cron_run(), 100::bigint, 'a hundred at a time');
SELECT is(core.cron_run(), 100::bigint, 'and on from there');
UPDATE core.cron SET catch_up = 'none', every_s = 86400, last_slot = last_slot - interval '10 days';
SELECT is(core.cron_run(), CASE WHEN clock_timestamp() - date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' < interval '60 s' THEN 1 ELSE 0 END::bigint, 'none: a slot that began long ago is skipped');
CREATE FUNCTION core.bad_spec(p jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT to_jsonb(1 / 0) $$;
UPDATE core.cron SET catch_up = 'last', every_s = 60, last_slot = NULL, last_job = NULL;
INSERT INTO core.cron (name, kind, every_s, spec_fn) SELECT 'bad', c.kind, 1, 'bad_spec' FROM core.cron c WHERE c.name = 'retain';
SET LOCAL client_min_messages = error;
SELECT is(core.cron_run(), 1::bigint, 'a function that fails keeps no other job from being made');
RESET client_min_messages;
SELECT is((SELECT last_slot FROM core.cron WHERE name = 'bad'), NULL, 'and has its turn again');
UPDATE core.cron SET last_slot = 'infinity';
DELETE FROM core.ready;

-- counters
UPDATE core.watermark SET at = clock_timestamp() - interval '1 h' WHERE step = 'tally';
DELETE FROM core.tally;
INSERT INTO core.done (id, principal, kind, state, reason, attempt, started_at, finished_at, outcome)
SELECT core.uuid7(), 1, k, s, r, 1, clock_timestamp() - interval '62 s', clock_timestamp() - interval '60 s', '{"usage": {"cpu_ms": 500}}'
  FROM (VALUES (1, 'completed', NULL), (1, 'completed', NULL), (1, 'failed', 'OOM'), (2, 'completed', NULL)) v(k, s, r);
INSERT INTO core.done (id, principal, kind, state, attempt) VALUES (core.uuid7(), 1, 1, 'completed', 1);
SELECT is(core.done_tally(), 3::bigint, 'computations that ended before the last 15 s');
SELECT is((SELECT string_agg(label_text || ' ' || value, ' ' ORDER BY label_text) FROM (SELECT core.label_text(labels), value FROM core.tally WHERE name = 'jobs_total') x),
  'reason="",state="completed" 2 reason="OOM",state="failed" 1', 'jobs_total by state and reason');
SELECT is((SELECT value FROM core.tally WHERE name = 'run_cpu_seconds_total'), 1.5::float8, 'run_cpu_seconds_total');
SELECT is((SELECT string_agg(labels ->> 'le' || ' ' || value, ' ' ORDER BY (labels ->> 'le')::float8) FROM core.tally WHERE name = 'phase_seconds_bucket' AND labels ->> 'phase' = 'running'),
  '5 3 30 3 120 3 600 3 3600 3 +Inf 3', 'phase_seconds is cumulative');
SELECT is((SELECT round(value) FROM core.tally WHERE name = 'phase_seconds_sum' AND labels = '{"phase": "running"}'), 6::float8, 'with its sum');
SELECT is(core.done_tally(), 0::bigint, 'each is counted once');

-- retention of what only the queue remembers
INSERT INTO core.nonce SELECT 1, 'n' || x, clock_timestamp() - x * interval '1 s' FROM (VALUES (10), (290), (310)) v(x);
INSERT INTO core.nonce_read SELECT 1, 'n' || x, clock_timestamp() - x * interval '1 s' FROM (VALUES (10), (310)) v(x);
SELECT core.enqueue(2::smallint, 1, '{}') AS open, core.enqueue(2::smallint, 1, '{}') AS ended, core.enqueue(2::smallint, 1, '{}') AS late \gset
SELECT core.job_cancel(:'ended', 'test'), core.job_cancel(:'late', 'test') \gset _
UPDATE core.done SET finished_at = clock_timestamp() - interval '8 days' WHERE id = :'ended';
UPDATE core.done SET finished_at = clock_timestamp() - interval '6 days' WHERE id = :'late';
INSERT INTO core.idem (principal, route, key, digest, job_id, status, body, created_at)
SELECT 1, 'r', k, 'x', j, 202, '{}', clock_timestamp() - d * interval '1 day'
  FROM (VALUES ('open', :'open'::uuid, 99), ('ended', :'ended', 9), ('late', :'late', 9), ('none', NULL, 9), ('new', NULL, 1), ('dropped', gen_random_uuid(), 99)) v(k, j, d);
INSERT INTO core.rate (principal, bucket, tokens, at) SELECT x, 'read', 1, clock_timestamp() - x * interval '1 h' FROM (VALUES (1), (25)) v(x);
INSERT INTO core.attempt (id, attempt, reason, started) VALUES (core.uuid7_floor('2020-01-01'), 1, 'OLD', false), (core.uuid7(), 1, 'NEW', false);
INSERT INTO core.worker (host, pid, version, lanes, specs, state, beat) VALUES ('old', 1, 'v', '{}', '{}', 'gone', clock_timestamp() - interval '2 days'), ('old', 2, 'v', '{}', '{}', 'gone', clock_timestamp() - interval '2 days');
INSERT INTO core.lease (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms)
SELECT core.uuid7(), gen_random_uuid(), id, 2, 1, 1, 0, 2, 1, 0, 1 FROM core.worker WHERE host = 'old' AND pid = 2;
SELECT is(core.queue_retain_step(), (1 + 1 + 3 + 1 + 1 + 1)::bigint, 'a step of retention');
SELECT is((SELECT string_agg(nonce, ',' ORDER BY at) FROM core.nonce), 'n290,n10', 'nonces outlive their window');
SELECT is((SELECT string_agg(key, ',' ORDER BY key) FROM core.idem), 'late,new,open', 'keys outlive their jobs by idem_ttl_s');
SELECT is((SELECT count(*) FROM core.worker WHERE host = 'old' AND pid = 2), 1::bigint, 'a gone worker stays while it has leases');
SELECT is(core.queue_retain_step(), 0::bigint, 'then there is nothing left');
SELECT is(core.retain_step(gen_random_uuid(), '{}') ->> 'state', 'completed', 'and the job is done');

-- days
DELETE FROM core.lease;
SELECT core.day_add('2020-01-01') \gset _
SELECT core.day_add('2020-01-02') \gset _
SELECT set_config('x.old', replace(core.uuid7_floor('2020-01-01')::text, '-0000-', '-7000-'), true) AS old \gset
INSERT INTO core.job (id, principal, kind, lane, max_attempts, timeout_ms, spec) VALUES (:'old', 1, 2, 2, 3, 1, '{}');
INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms) VALUES (0, 2, 1, 1, 0, :'old', 2, 1);
SELECT is(core.day_drop(), 1::bigint, 'an old day with an open job');
SELECT is(pg_temp.state(:'old'), 'failed QUEUE_EXPIRED 0', 'ends the job first');
SELECT has_table('core', 'job_20200101', 'and stays');
SELECT is(core.day_drop(), 1::bigint, 'the next call');
SELECT hasnt_table('core', 'job_20200101', 'drops the day');
SELECT hasnt_table('core', 'done_20200101', 'of both tables');
SELECT has_table('core', 'job_20200102', 'one day a call');
SELECT is(core.day_drop(), 1::bigint, 'the next day');
SELECT is(core.day_drop(), 0::bigint, 'and no day that is younger than job_ttl_s');

-- the sweep
UPDATE core.watermark SET at = clock_timestamp() WHERE step IN ('day', 'tally');
SELECT is((SELECT count(*) FROM api.sweep(:w)), 0::bigint, 'a sweep of a tidy queue says nothing');
SELECT core.enqueue(2::smallint, 1, '{}', p_due => clock_timestamp() + interval '1 h') AS j \gset
UPDATE core.later SET due = clock_timestamp();
SELECT is((SELECT string_agg(what || n, ',') FROM api.sweep(:w)), 'promoted2', 'else what it did');

SELECT * FROM finish();
ROLLBACK;
