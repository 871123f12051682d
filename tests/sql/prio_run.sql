-- Runs of prio1 as jobs: a look that waits is followed by another, later and later, until
-- the deadline; a look that ends is not; nobody makes two chains of looks.
BEGIN;
SELECT * FROM no_plan();
UPDATE core.cron SET last_slot = 'infinity';
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO darkroom_operator;
CREATE FUNCTION pg_temp.look(r jsonb) RETURNS core.prio_run LANGUAGE plpgsql AS $$
DECLARE
  v core.prio_run;
  v_job uuid;
BEGIN
  SELECT next_job INTO v_job FROM core.prio_run WHERE config = 'n' AND date = '2024-05-31';
  v_job := coalesce(v_job, core.enqueue(220::smallint, 0, '{"config": "n", "date": "2024-05-31"}'));
  DELETE FROM core.later WHERE id = v_job;
  DELETE FROM core.ready WHERE id = v_job;
  PERFORM core.prio_ran(v_job, r);
  SELECT * INTO STRICT v FROM core.prio_run WHERE config = 'n' AND date = '2024-05-31';
  RETURN v;
END $$;
CREATE FUNCTION pg_temp.due() RETURNS int LANGUAGE sql AS
  $$ SELECT round(extract(epoch FROM next_look - clock_timestamp()))::int FROM ops.prio_run LIMIT 1 $$;
CREATE FUNCTION pg_temp.says(state text, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('exit', CASE state WHEN 'waiting_peer' THEN 75 WHEN 'failed' THEN 111 ELSE 0 END, 'why', 'words',
    'answer', jsonb_build_object('batches', jsonb_build_array(
      jsonb_build_object('batch_id', 'b', 'run', 'b/2024-05-31', 'state', state, 'stage', 'verify2', 'total', 8, 'decrypt', 1) || more))) $$;

SELECT is((core.schedule_kind('prio1.run')).id, 220::smallint, 'a schedule may make such jobs');
SELECT is((pg_temp.look(pg_temp.says('waiting_peer', '{"waits_for": "verify1"}'))).state, 'waiting_peer', 'it waits');
SELECT is((SELECT (batch_id, run, state, stage, waits_for, outcomes, tries)::text FROM ops.prio_run),
          '(b,b/2024-05-31,waiting_peer,verify2,verify1,"{""total"": 8, ""decrypt"": 1}",1)', 'and operators see for what');
SELECT is(pg_temp.due(), 2, 'the next look in 2 s');
SELECT is(pg_temp.due(), s, format('then in %s s', s)) FROM (VALUES (4), (8), (16), (32), (60), (60)) v (s),
  LATERAL (SELECT (pg_temp.look(pg_temp.says('waiting_peer', jsonb_build_object('waits_for', s)))).tries) x;
SELECT lives_ok($$ SELECT core.prio_ran(core.enqueue(220::smallint, 0, '{"config": "n", "date": "2024-05-31"}'), pg_temp.says('waiting_peer')) $$,
                'somebody looks beside');
SELECT is((SELECT count(*)::int FROM core.later WHERE kind = 220), 1, 'and there is still one next look');
SELECT is((pg_temp.look(pg_temp.says('published', '{"result": "processed/p"}'))).state, 'done', 'published');
SELECT is((SELECT (state, result, next_look IS NULL)::text FROM ops.prio_run), '(published,processed/p,t)', 'and nobody looks again');
SELECT is((SELECT count(*)::int FROM core.later WHERE kind = 220), 0, 'by no job');

SELECT is((pg_temp.look(pg_temp.says('waiting_peer'))).tries, 1, 'begun again, it counts from the start');
UPDATE core.prio_run SET began_at = began_at - interval '2 days';
SELECT is((pg_temp.look(pg_temp.says('waiting_peer'))).error, 'the peer was not ready in time', 'past the deadline it fails');
SELECT is((pg_temp.look('{"exit": 100, "answer": null, "why": "no such key"}')).error, 'no such key', 'a run that cannot begin says why');
SELECT is((SELECT count(*)::int FROM core.later WHERE kind = 220), 0, 'and ends');

-- One batch has failed for good, another waits: the exit status is the worse of the two.
CREATE FUNCTION pg_temp.mixed(state text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('exit', 111, 'why', 'words', 'answer', jsonb_build_object('batches',
    (pg_temp.says('failed', '{"batch_id": "x", "error": "batch_too_small"}') #> '{answer,batches}') || (pg_temp.says(state) #> '{answer,batches}'))) $$;
SELECT is((pg_temp.look(pg_temp.mixed('waiting_peer'))).state, 'waiting_peer', 'a batch that failed does not end the looks for the others');
SELECT is((SELECT count(*)::int FROM core.later WHERE kind = 220), 1, 'there is a next look');
SELECT results_eq('SELECT batch_id, state, error FROM ops.prio_run', $$ VALUES ('b', 'waiting_peer', NULL), ('x', 'failed', 'batch_too_small') $$,
                  'each batch says its own');
SELECT is((pg_temp.look(pg_temp.mixed('published'))).error, 'batch_too_small', 'when all have ended, the run has failed with it');
SELECT is((SELECT count(*)::int FROM core.later WHERE kind = 220), 0, 'and nobody looks again');
SELECT is((pg_temp.look('{"exit": 111, "answer": null, "why": "No space left on device"}')).state, 'waiting_peer', 'a tool that said nothing is tried again');
SELECT is((SELECT error FROM core.prio_run), 'No space left on device', 'and why is seen');
UPDATE core.prio_run SET began_at = began_at - interval '2 days', tries = 5;
SELECT is((pg_temp.look(pg_temp.mixed('waiting_peer'))).tries, 1, 'a batch that moved gives the peer its time anew');
SELECT is((pg_temp.look(pg_temp.mixed('waiting_peer'))).tries, 2, 'one that did not does not');
UPDATE core.prio_run SET began_at = began_at - interval '2 days';
SELECT is((pg_temp.look(pg_temp.mixed('waiting_peer'))).error, 'the peer was not ready in time', 'past the deadline');
SELECT is((SELECT state FROM core.prio_part WHERE batch_id = 'b'), 'failed', 'what waited has failed');

-- The looks of a run are in the state folder of the first.
CREATE FUNCTION pg_temp.next_spec() RETURNS text LANGUAGE sql AS
  $$ SELECT spec ->> 'state_id' FROM core.job j, core.prio_run r WHERE j.id = r.next_job AND r.config = 'n' $$;
SELECT pg_temp.look(pg_temp.says('published'));
SELECT pg_temp.look(jsonb_set(pg_temp.says('waiting_peer'), '{answer,state_id}', '"one"'));
SELECT is(pg_temp.next_spec(), 'one', 'the next look knows where the run was begun');
SELECT is((pg_temp.look('{"exit": 75, "answer": null, "why": "elsewhere"}')).error, 'elsewhere', 'another host says that it is not there');
SELECT is(pg_temp.next_spec(), 'one', 'and the look after that still knows');
SELECT is((pg_temp.look(jsonb_set(pg_temp.says('published'), '{answer,state_id}', '"one"'))).state, 'done', 'at home it goes on');

-- A look that ended without a word: its worker died, its time was up, somebody cancelled it.
CREATE FUNCTION pg_temp.ended(state text, reason text, config text DEFAULT 'e') RETURNS core.prio_run LANGUAGE plpgsql AS $$
DECLARE
  v core.prio_run;
  v_job uuid;
BEGIN
  SELECT next_job INTO v_job FROM core.prio_run r WHERE r.config = ended.config;
  v_job := coalesce(v_job, core.enqueue(220::smallint, 0, jsonb_strip_nulls(jsonb_build_object('config', config))));
  PERFORM core.job_final(v_job, state, reason);
  SELECT * INTO v FROM core.prio_run r WHERE r.config = ended.config;
  RETURN v;
END $$;
SELECT is((pg_temp.ended('failed', 'TIMEOUT')).state, 'waiting_peer', 'a look past its time is followed by another');
SELECT is((pg_temp.ended('dead', 'WORKER_LOST')).tries, 2, 'so is one whose workers died');
SELECT is((SELECT (r.error, j.state)::text FROM core.prio_run r, core.job_state(r.next_job) j WHERE r.config = 'e'),
          '("the look has ended: dead, WORKER_LOST",later)', 'which is there, and why is seen');
SELECT is((pg_temp.ended('cancelled', 'CANCELLED')).state, 'failed', 'cancelled, the run has ended');
SELECT is((SELECT count(*)::int FROM core.later l JOIN core.job j USING (id) WHERE j.spec ->> 'config' = 'e'), 0, 'and nobody looks again');
UPDATE core.prio_run SET began_at = began_at - interval '2 days', state = 'waiting_peer' WHERE config = 'e';
SELECT is((pg_temp.ended('failed', 'TIMEOUT')).state, 'failed', 'past the deadline there is no other');
SELECT lives_ok($$ SELECT pg_temp.ended('failed', 'INTERNAL', NULL) $$, 'a job of no settings ends');

SET LOCAL ROLE darkroom_operator;
SELECT lives_ok('SELECT * FROM ops.prio_run', 'operators look');
SELECT throws_ok('SELECT * FROM core.prio_run', '42501', NULL, 'not at the table');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
