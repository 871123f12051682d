-- Cancelling in every phase, and where a job is.
BEGIN;
SELECT * FROM no_plan();
UPDATE core.cron SET last_slot = 'infinity';
SELECT api.worker_join('h', 1, 'v', '{"light": 4}', '{}') AS w \gset
CREATE FUNCTION pg_temp.state(i uuid) RETURNS text LANGUAGE sql AS
  $$ SELECT concat_ws(' ', s.state, s.phase, s.reason, s.attempt) FROM core.job_state(i) s $$;

SELECT core.enqueue(2::smallint, 1, '{}') AS j \gset
SELECT is(pg_temp.state(:'j'), 'queued 0', 'queued');
SELECT is(core.job_cancel(:'j', 'prn_x', 'CANCELLED', '{"by": "you"}'), 'cancelled', 'cancel while queued');
SELECT is(pg_temp.state(:'j'), 'cancelled CANCELLED 0', 'is final');
SELECT is((SELECT (started_at, outcome)::text FROM core.done WHERE id = :'j'), '(,"{""by"": ""you""}")', 'it never ran; the outcome says by whom');
SELECT is(core.job_cancel(:'j', 'prn_y', 'LEASE_REVOKED'), 'cancelled', 'again: the state it has');
SELECT is((SELECT count(*) FROM core.event WHERE object = :'j' AND verb = 'job.cancelled'), 1::bigint, 'and one event');
SELECT is((SELECT (actor, detail)::text FROM core.event WHERE object = :'j'), '(prn_x,"{""state"": ""cancelled"", ""reason"": ""CANCELLED""}")', 'with its actor and reason');

SELECT core.enqueue(2::smallint, 1, '{}', p_due => clock_timestamp() + interval '1 h') AS j \gset
SELECT is(pg_temp.state(:'j'), 'later scheduled 0', 'scheduled');
SELECT is(core.job_cancel(:'j', 'prn_x'), 'cancelled', 'cancel while scheduled');

SELECT core.enqueue(2::smallint, 1, '{}') AS j \gset
SELECT t.token AS t FROM api.job_turn(:w, 2::smallint, '{}', '{}', '[]', 1, -1) t WHERE what = 'claim' \gset
SELECT is(pg_temp.state(:'j'), 'running starting 1', 'running');
LISTEN w0;
SELECT is(core.job_cancel(:'j', 'prn_x', 'ASSET_REVOKED'), 'failed', 'any other reason makes it failed');
SELECT is(pg_temp.state(:'j'), 'failed ASSET_REVOKED 1', 'with that reason');
SELECT is((SELECT x.what FROM api.job_turn(:w, 2::smallint, ARRAY[:'j']::uuid[], ARRAY[:'t']::uuid[], '[{"state": "completed", "started": true}]', 0, -1) x), 'fenced', 'its worker is fenced');
SELECT is((SELECT what FROM api.worker_beat(:w, ARRAY[:'t']::uuid[], '{}', '{}', false)), 'lost', 'and told at the beat at the latest');
SELECT is(core.job_cancel(:'j', 'prn_x'), 'failed', 'a final state stays');

SELECT core.enqueue(2::smallint, 1, '{}') AS j \gset
UPDATE core.segment SET current = 1 - current;
SELECT is(core.job_cancel(:'j', 'prn_x'), 'cancelled', 'cancel finds it in either segment');
SELECT is(core.job_cancel(gen_random_uuid(), 'prn_x'), NULL, 'an unknown job is NULL');
SELECT is((SELECT count(*) FROM core.job_state(gen_random_uuid())), 0::bigint, 'and has no state');

-- enqueue
SELECT is(core.enqueue(2::smallint, 1, '{}', p_id => i), i, 'an id of our time is kept') FROM (SELECT core.uuid7() AS i) x;
SELECT isnt(core.enqueue(2::smallint, 1, '{}', p_id => i), i, 'one of a wrong clock is not') FROM (SELECT core.uuid7_floor('2020-01-01') AS i) x;
SELECT core.enqueue(3::smallint, 9, '{"a": 1}', p_priority => 2, p_band => 3, p_request_hash => 'x', p_dry_run => true) AS j \gset
SELECT is((SELECT (principal, kind, lane, priority, max_attempts, timeout_ms, expires_at, spec, request_hash, dry_run)::text FROM core.job WHERE id = :'j'),
  '(9,3,3,2,5,600000,,"{""a"": 1}","\\x78",t)', 'what is not given comes from the kind');
SELECT is((SELECT (lane, band, tenant, kind, attempt, crashes, timeout_ms)::text FROM core.ready WHERE id = :'j'), '(3,3,9,3,0,0,600000)', 'and what a claim needs is in ready');
SELECT is((SELECT r.rank FROM core.ready r WHERE id = :'j'), (SELECT core.rank_at(created_at, 2) FROM core.job WHERE id = :'j'), 'the rank is age and priority');
SELECT is(pg_temp.state(core.enqueue(2::smallint, 1, '{}', p_due => clock_timestamp() - interval '1 s')), 'queued 0', 'a time in the past is now');
SELECT throws_ok($$SELECT core.enqueue(99::smallint, 1, '{}')$$, 'P0002', NULL, 'an unknown kind is a bug');

SELECT throws_ok(format($$SELECT core.done_add(ARRAY[ROW(%L, 9, 3, 'finished', NULL, 1, 0, NULL, NULL, clock_timestamp(), NULL)::core.done])$$, :'j'), '23502', NULL,
  'no end is written that is none of the four');
SELECT is(core.job_name(:'j'), :'j', 'a job without a computation is called by its id');

SELECT * FROM finish();
ROLLBACK;
