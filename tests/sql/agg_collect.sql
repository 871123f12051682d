-- Collections and aggregate shares: closing, minimum, overlap, queries, both ends.
BEGIN;
\ir agg.psql
-- a job of the leader runs and commits all of its reports
CREATE FUNCTION pg_temp.settle(p_word text DEFAULT 'accepted') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE l core.lease; j core.agg_job; n bigint := 0;
BEGIN
  PERFORM pg_temp.batch();
  FOR l IN SELECT x.* FROM pg_temp.claim() x WHERE x.kind = 201 LOOP
    SELECT x.* INTO j FROM core.agg_job x WHERE x.queue_id = l.id;
    PERFORM pg_temp.end(l, pg_temp.commit(j.reports, j.bucket, p_word));
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;
CREATE FUNCTION pg_temp.collect(p_task text, p_id text, p jsonb, p_body text DEFAULT NULL) RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.dap_collect_put(pg_temp.dap('collector'), pg_temp.req(p_task, jsonb_build_object('digest', pg_temp.hex(coalesce(p_body, p::text)), 'request_b64', pg_temp.b64('query'))
     || CASE WHEN p_id IS NULL THEN '{}' ELSE jsonb_build_object('collection_id', pg_temp.id(p_id)) END || p)) $$;
CREATE FUNCTION pg_temp.ti(p_start bigint, p_duration bigint) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('mode', 1, 'start', p_start, 'duration', p_duration) $$;
CREATE FUNCTION pg_temp.poll(p_task text, p_id text) RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.dap_collect_get(pg_temp.dap('collector'), pg_temp.req(p_task, jsonb_build_object('collection_id', pg_temp.id(p_id)))) $$;
CREATE FUNCTION pg_temp.remove(p_task text, p_id text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.says(api.dap_collect_remove(pg_temp.dap('collector'), pg_temp.req(p_task, jsonb_build_object('collection_id', pg_temp.id(p_id))))) $$;
CREATE FUNCTION pg_temp.c(p_id text) RETURNS core.lease LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core.later SET due = clock_timestamp();
  PERFORM core.later_promote(), pg_temp.claim();
  RETURN pg_temp.lease((SELECT c.queue_id FROM core.agg_collection c WHERE c.collection_id = pg_temp.uid(p_id)));
END $$;
CREATE FUNCTION pg_temp.state(p_id text) RETURNS text LANGUAGE sql AS $$ SELECT state FROM core.agg_collection WHERE collection_id = pg_temp.uid(p_id) $$;
CREATE FUNCTION pg_temp.wait(p_id text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.end(pg_temp.c(p_id), '[]', '{"state": "waiting", "wait_ms": 1000}') $$;
SELECT pg_temp.up('lead', 1, 12, 1000), pg_temp.up('lead', 13, 14, 1100) \g /dev/null

-- boundary and callers
SELECT is((SELECT string_agg(pg_temp.says(pg_temp.collect('lead', 'x', q)), ' ' ORDER BY n) FROM unnest(ARRAY[pg_temp.ti(1050, 100), pg_temp.ti(1000, 50), pg_temp.ti(1000, 0), pg_temp.ti(1000, 150),
  pg_temp.ti(9223372036854775800, 100), '{"mode": 2}']) WITH ORDINALITY u(q, n)), 'batchInvalid batchInvalid batchInvalid batchInvalid batchInvalid invalidMessage', 'whole steps only');
SELECT is(pg_temp.says(api.dap_collect_put(pg_temp.dap('leader'), pg_temp.req('lead', pg_temp.ti(1000, 100)))), 'unauthorizedRequest', 'another token');
SELECT is(pg_temp.says(pg_temp.collect('help', 'x', pg_temp.ti(1000, 100))), 'unrecognizedTask', 'not at a helper');
SELECT is((SELECT count(*) FROM core.agg_span), 0::bigint, 'nothing is kept of a refusal');

-- the way of a collection
SELECT is((pg_temp.collect('lead', 'c1', pg_temp.ti(1000, 200))).extra, jsonb_build_object('collection_id', pg_temp.id('c1'), 'ring', 9), 'taken');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'c1', pg_temp.ti(1000, 200))), '201', 'the same again');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'c1', pg_temp.ti(1000, 100))), 'conflict', 'another under its id');
SELECT is((SELECT string_agg(pg_temp.says(pg_temp.collect('lead', 'x', pg_temp.ti(s, d))), ' ') FROM (VALUES (900, 200), (1100, 100), (1000, 100), (0, 5000)) v(s, d)), 'batchOverlap batchOverlap batchOverlap batchOverlap', 'what has time in common');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'x', pg_temp.ti(1000, 200))), 'batchQueriedTooManyTimes', 'the same batch for another');
SELECT is((pg_temp.poll('lead', 'c1')).extra, '{"retry_s": 5}', 'it waits');
SELECT is((SELECT (a.extra -> 'retry_s', a.status)::text FROM pg_temp.poll('lead', 'c1') a), '(5,202)', 'as one is told');
SELECT is(pg_temp.open(pg_temp.c('c1')) #> '{collection}', jsonb_build_object('collection_id', pg_temp.id('c1'), 'request_b64', pg_temp.b64('query'), 'state', 'closing', 'mode', 1, 'start', 1000, 'duration', 200, 'tries', 0), 'its run closes the batch');
SELECT is(pg_temp.says(a), 'reportRejected', 'which takes no report') FROM pg_temp.up('lead', 15, 15, 1199) a;
SELECT is(pg_temp.says(a), '201', 'its neighbour does') FROM pg_temp.up('lead', 15, 15, 1200) a;
SELECT is(pg_temp.ask(pg_temp.c('c1'), 'agg_batch') #> '{value}', jsonb_build_object('ready', false, 'waiting', 14, 'count', 0, 'checksum', repeat('0', 64)), 'nothing is settled yet');
SELECT is(pg_temp.wait('c1'), 'later snooze', 'it waits for that');
SELECT is(pg_temp.settle(), 2::bigint, 'what waits in a closing batch is aggregated, however few');
SELECT is((SELECT array_agg(report_id) FROM core.agg_stored), ARRAY[pg_temp.uid('r15')], 'and only that');
SELECT is(pg_temp.ask(pg_temp.c('c1'), 'agg_batch') #> '{value}', jsonb_build_object('ready', true, 'waiting', 0, 'count', 14, 'checksum', pg_temp.sum(pg_temp.uids(1, 14)), 't_min', 1000, 't_max', 1001), 'all of it');
SELECT is(pg_temp.ask(pg_temp.c('c1'), 'agg_parts') #> '{value}', (SELECT jsonb_build_object('parts', jsonb_agg(jsonb_build_object('count', count, 'sealed_share', pg_temp.b64('share'), 'sealed_at',
  jsonb_build_object('table', 'agg_part', 'id', task_no || '/' || job_no || '/' || core.b64(bucket))) ORDER BY bucket)) FROM core.agg_part), 'its sums');
SELECT is(jsonb_array_length(pg_temp.ask(pg_temp.c('c1'), 'agg_parts', (SELECT jsonb_build_object('after', encode(bucket, 'hex') || '/' || job_no) FROM core.agg_part ORDER BY bucket LIMIT 1)) #> '{value,parts}'), 1, 'from one on');
SELECT is(pg_temp.ask(pg_temp.c('c1'), 'agg_sent', jsonb_build_object('sha256', pg_temp.hex('s'))), '{"value": {}}', 'it asks the helper');
SELECT is(pg_temp.ask(pg_temp.c('c1'), 'agg_sent', jsonb_build_object('sha256', pg_temp.hex('t'))) #>> '{err,code}', 'INTERNAL', 'always the same');
SELECT is(pg_temp.end(pg_temp.c('c1'), '[{"op": "agg_too_small"}]'), 'failed INTERNAL', 'it cannot be too small any more');
CREATE FUNCTION pg_temp.collected(p_count int) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_array(jsonb_build_object('op', 'agg_collected', 'leader_b64', 'AQ==', 'helper_b64', 'Ag==', 'count', p_count, 'start', 1000, 'duration', 200)) $$;
SELECT is(pg_temp.end(pg_temp.c('c1'), pg_temp.collected(13)), 'failed INTERNAL', 'another count');
SELECT is(pg_temp.state('c1'), 'closing', 'changes nothing');
SELECT is((SELECT what FROM api.job_turn(:worker, 9::smallint, ARRAY[(pg_temp.c('c1')).id], ARRAY[gen_random_uuid()], jsonb_build_array(jsonb_build_object('state', 'completed', 'started', true, 'result',
  jsonb_build_object('writes', pg_temp.collected(14)))), 0, -1)), 'fenced', 'nor does another token');
SELECT is(pg_temp.end(pg_temp.c('c1'), pg_temp.collected(14)), 'completed', 'collected');
SELECT is((pg_temp.poll('lead', 'c1')).extra, '{"collection": {"mode": 1, "count": 14, "start": 1000, "duration": 200, "leader_b64": "AQ==", "helper_b64": "Ag=="}}', 'the answer');
SELECT is((SELECT (count(*), count(sealed))::text FROM core.agg_part), '(2,0)', 'the sums are scrubbed, their counts stay');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'c1', pg_temp.ti(1000, 200))), '201', 'the request once more');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'x', pg_temp.ti(1000, 100))), 'batchOverlap', 'no other view of it');
SELECT is(pg_temp.remove('lead', 'c1'), '204', 'removed');
SELECT is(pg_temp.says(pg_temp.poll('lead', 'c1')), '204', 'it is gone');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'x', pg_temp.ti(1000, 200))), 'batchQueriedTooManyTimes', 'the batch was given out all the same');
SELECT is(pg_temp.says(pg_temp.poll('lead', 'none')), 'NOT_FOUND', 'no such collection');

-- below the minimum
SELECT pg_temp.collect('lead', 'c2', pg_temp.ti(1200, 100)) \g /dev/null
SELECT is(pg_temp.open(pg_temp.c('c2')), NULL, 'one report is too few to close');
SELECT is((SELECT (l.why, extract(epoch FROM l.due - clock_timestamp()) BETWEEN 4.5 AND 5)::text FROM core.later l JOIN core.agg_collection c ON c.queue_id = l.id WHERE c.collection_id = pg_temp.uid('c2')), '(snooze,t)', 'and waits, seconds at first');
UPDATE core.agg_collection SET created_at = created_at - interval '1 day' WHERE collection_id = pg_temp.uid('c2');
SELECT is(pg_temp.open(pg_temp.c('c2')), NULL, 'a day later it still is');
SELECT is((SELECT extract(epoch FROM l.due - clock_timestamp()) BETWEEN 59.5 AND 60 FROM core.later l JOIN core.agg_collection c ON c.queue_id = l.id WHERE c.collection_id = pg_temp.uid('c2')), true, 'and waits a minute');
SELECT is(core.batch_spec('{}'), NULL, 'its report makes no job alone');
SELECT is(pg_temp.says(a), '201', 'the batch is open') FROM pg_temp.up('lead', 16, 17, 1200) a;
SELECT is(pg_temp.open(pg_temp.c('c2')) #>> '{collection,state}', 'closing', 'three are enough');
SELECT pg_temp.wait('c2'), pg_temp.settle('hpke_decrypt_error') \g /dev/null
SELECT is(pg_temp.ask(pg_temp.c('c2'), 'agg_batch') #> '{value}', jsonb_build_object('ready', true, 'waiting', 0, 'count', 0, 'checksum', repeat('0', 64)), 'all of them failed');
SELECT is(pg_temp.end(pg_temp.c('c2'), '[{"op": "agg_too_small"}]', '{"state": "waiting", "wait_ms": 1000}'), 'later snooze', 'too small');
SELECT is(pg_temp.says(a), '201', 'open again') FROM pg_temp.up('lead', 18, 18, 1200) a;
SELECT is(pg_temp.says(pg_temp.collect('lead', 'x', pg_temp.ti(1200, 100))), 'batchQueriedTooManyTimes', 'but still asked for');
SELECT is(pg_temp.remove('lead', 'c2'), '204', 'given up');
SELECT is((SELECT count(*) FROM core.agg_collection c JOIN core.job_state(c.queue_id) s ON s.state <> 'cancelled'), 0::bigint, 'nothing runs');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'c3', pg_temp.ti(1200, 200))), '201', 'what was never sent is free');

-- refused by the helper; diverged
SELECT pg_temp.up('lead', 20, 31, 3000) \g /dev/null
SELECT pg_temp.collect('lead', 'c4', pg_temp.ti(3000, 100)), pg_temp.open(pg_temp.c('c4')), pg_temp.wait('c4'), pg_temp.settle() \g /dev/null
SELECT is(pg_temp.end(pg_temp.c('c4'), '[{"op": "agg_failed", "word": "batchMismatch"}]'), 'completed', 'refused');
SELECT is(pg_temp.says(pg_temp.poll('lead', 'c4')), 'batchMismatch', 'so one is told');
SELECT is((SELECT (count(*), count(sealed))::text FROM core.agg_part WHERE task_no = pg_temp.no('lead') AND bucket = int8send(3000)), '(1,1)', 'its sums stay');
SELECT is(pg_temp.says(a), 'reportRejected', 'and the batch stays closed') FROM pg_temp.up('lead', 32, 32, 3000) a;
INSERT INTO core.agg_bucket VALUES (pg_temp.no('lead'), int8send(4000), 'diverged');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'c5', pg_temp.ti(4000, 100))), 'batchMismatch', 'a batch that diverged');
SELECT pg_temp.up('lead', 40, 51, 5000), pg_temp.collect('lead', 'c6', pg_temp.ti(5000, 100)) \g /dev/null
INSERT INTO core.agg_bucket VALUES (pg_temp.no('lead'), int8send(5000), 'diverged');
SELECT is(pg_temp.open(pg_temp.c('c6')) #>> '{err,code}', 'CANCELLED', 'or does while one waits');
SELECT is(pg_temp.says(pg_temp.poll('lead', 'c6')), 'batchMismatch', 'is not collected');

-- more than one query
UPDATE core.agg_task SET max_queries = 2 WHERE task_no = pg_temp.no('lead');
SELECT pg_temp.up('lead', 60, 71, 6000), pg_temp.collect('lead', 'c7', pg_temp.ti(6000, 100)) \g /dev/null
SELECT is(pg_temp.says(pg_temp.collect('lead', 'c8', pg_temp.ti(6000, 100))), '201', 'a second is allowed');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'x', pg_temp.ti(6000, 100))), 'batchQueriedTooManyTimes', 'a third is not');
SELECT pg_temp.open(pg_temp.c('c7')), pg_temp.wait('c7'), pg_temp.settle(), pg_temp.end(pg_temp.c('c7'), pg_temp.collected(12)) \g /dev/null
SELECT is((pg_temp.poll('lead', 'c8')).extra, (pg_temp.poll('lead', 'c7')).extra, 'both have one answer');
SELECT is(pg_temp.remove('lead', 'c7'), '204', 'one goes');
SELECT is((pg_temp.poll('lead', 'c8')).status, 200, 'the other has it still');

SELECT pg_temp.remove('lead', 'c8') \g /dev/null
SELECT is((SELECT count(*) FROM core.agg_collection WHERE collection_id = ANY (ARRAY[pg_temp.uid('c7'), pg_temp.uid('c8')]) AND leader_share IS NOT NULL), 0::bigint, 'nobody has it when both are gone');
-- the first goes while others wait for it
UPDATE core.agg_task SET max_queries = 3 WHERE task_no = pg_temp.no('lead');
SELECT pg_temp.up('lead', 72, 74, 7000), pg_temp.collect('lead', 'w1', pg_temp.ti(7000, 100)), pg_temp.collect('lead', 'w2', pg_temp.ti(7000, 100)) \g /dev/null
SELECT is(pg_temp.remove('lead', 'w1') || ' ' || pg_temp.says(pg_temp.collect('lead', 'w3', pg_temp.ti(7000, 100))), '204 201', 'a third asks when the first has gone');
SELECT is(pg_temp.state('w1'), 'waiting', 'whose run goes on');
SELECT is((SELECT state FROM ops.aggregate_collection WHERE collection = pg_temp.id('w1')), 'waiting', 'as operators see');
SELECT is(pg_temp.remove('lead', 'w2'), '204', 'the second goes');
SELECT is((SELECT (c.state, s.state IN ('queued', 'running'))::text FROM core.agg_collection c, core.job_state(c.queue_id) s WHERE c.collection_id = pg_temp.uid('w1')), '(waiting,t)', 'the third waits for it still');
SELECT queue_id AS q FROM core.agg_collection WHERE collection_id = pg_temp.uid('w1') \gset
SELECT is(pg_temp.remove('lead', 'w3'), '204', 'and goes');
SELECT is(pg_temp.state('w1') || ' ' || (SELECT state FROM core.job_state(:'q')), 'failed cancelled', 'so the run of the first ends');
SELECT is((SELECT count(*) FROM core.agg_span WHERE task_no = pg_temp.no('lead') AND first = 7000), 0::bigint, 'and the batch is open');

-- more than a sum holds
UPDATE core.agg_task SET count_max = 12 WHERE task_no = pg_temp.no('lead');
SELECT pg_temp.up('lead', 80, 91, 8000), pg_temp.up('lead', 92, 93, 8100), pg_temp.collect('lead', 'm1', pg_temp.ti(8000, 200)) \g /dev/null
SELECT is(pg_temp.open(pg_temp.c('m1')) #>> '{err,code}', 'CANCELLED', 'an interval of too many');
SELECT is(pg_temp.says(pg_temp.poll('lead', 'm1')), 'invalidBatchSize', 'is refused');
SELECT is(pg_temp.says(pg_temp.collect('lead', 'm2', pg_temp.ti(8000, 100))), '201', 'a part of it is not');
SELECT is(pg_temp.open(pg_temp.c('m2')) #>> '{collection,state}', 'closing', 'and closes');
UPDATE core.agg_task SET count_max = NULL WHERE task_no = pg_temp.no('lead');
DELETE FROM core.agg_stored;

-- fixed_size
SELECT is(pg_temp.says(pg_temp.collect('fixed', 'f0', '{"mode": 2, "current": true}')), 'batchInvalid', 'no batch yet');
SELECT pg_temp.up('fixed', 1, 30, 1000), pg_temp.settle() \g /dev/null
SELECT core.b64u(batch_id) AS b1 FROM core.agg_batch ORDER BY batch_no LIMIT 1 \gset
SELECT is(pg_temp.says(pg_temp.collect('fixed', 'f0', jsonb_build_object('mode', 2, 'batch_id', :'b1'))), 'batchInvalid', 'one that was not given out');
SELECT is(pg_temp.says(pg_temp.collect('fixed', 'f1', '{"mode": 2, "current": true}')), '201', 'the oldest that is full');
SELECT is(pg_temp.open(pg_temp.c('f1')) #>> '{collection,batch_id}', :'b1', 'is its own');
SELECT is((pg_temp.ask(pg_temp.c('f1'), 'agg_batch') -> 'value') - '{checksum,t_min,t_max}'::text[], jsonb_build_object('ready', true, 'waiting', 0, 'count', 20, 'batch_id', :'b1'), 'it has all');
SELECT is(pg_temp.says(pg_temp.collect('fixed', 'f2', '{"mode": 2, "current": true}', 'f2')), '201', 'the next');
SELECT is((SELECT array_agg((state, assigned) ORDER BY batch_no)::text FROM core.agg_batch), '{"(bound,20)","(bound,10)"}', 'above the minimum, as the task has no windows');
SELECT is(pg_temp.says(pg_temp.collect('fixed', 'f3', '{"mode": 2, "current": true}', 'f3')), 'batchInvalid', 'there is no third');
SELECT is(pg_temp.end(pg_temp.c('f1'), pg_temp.collected(20)), 'completed', 'collected');
SELECT is((pg_temp.poll('fixed', 'f1')).extra #>> '{collection,batch_id}', :'b1', 'with its id');
SELECT is(pg_temp.says(pg_temp.collect('fixed', 'f4', jsonb_build_object('mode', 2, 'batch_id', :'b1'))), 'batchQueriedTooManyTimes', 'once');
SELECT is((SELECT string_agg(state, ' ' ORDER BY batch_no) FROM core.agg_batch), 'collected bound', 'the batch says so');
-- too small: it is topped up
SELECT pg_temp.open(pg_temp.c('f2')) \g /dev/null
SELECT is(pg_temp.end(pg_temp.c('f2'), '[{"op": "agg_too_small"}]', '{"state": "waiting", "wait_ms": 1000}'), 'later snooze', 'a bound batch below the minimum');
UPDATE core.agg_batch SET assigned = 1 WHERE short;
SELECT pg_temp.up('fixed', 40, 44, 1000), pg_temp.settle() \g /dev/null
SELECT is((SELECT array_agg((state, assigned, short) ORDER BY batch_no)::text FROM core.agg_batch WHERE state <> 'collected'), '{"(bound,3,f)"}', 'takes what it lacks');
SELECT is((SELECT count(*) FROM core.agg_stored WHERE task_no = pg_temp.no('fixed')), 3::bigint, 'and no more');

-- a batch that lost its reports between being given out and closing takes others
SELECT pg_temp.up('fixed', 60, 99, 1000), pg_temp.batch(), pg_temp.collect('fixed', 'f5', '{"mode": 2, "current": true}', 'f5') \g /dev/null
UPDATE core.agg_job j SET state = 'failed' FROM core.agg_collection c WHERE c.batch_id = j.bucket AND c.collection_id = pg_temp.uid('f5');
UPDATE core.agg_batch b SET assigned = 0 FROM core.agg_collection c WHERE c.batch_id = b.batch_id AND c.collection_id = pg_temp.uid('f5');
UPDATE core.agg_batch b SET task_no = pg_temp.no('fix18') WHERE b.task_no = pg_temp.no('fixed') AND b.state IN ('filling', 'full');
SELECT is(pg_temp.open(pg_temp.c('f5')), NULL, 'it waits');
SELECT is((SELECT short FROM core.agg_batch b JOIN core.agg_collection c USING (batch_id) WHERE c.collection_id = pg_temp.uid('f5')), true, 'and takes what comes');
UPDATE core.agg_batch b SET task_no = pg_temp.no('fixed') WHERE b.task_no = pg_temp.no('fix18');
SELECT is(pg_temp.open(pg_temp.c('f5')) #>> '{collection,state}', 'closing', 'or is changed for the next that is ready');
SELECT is((SELECT array_agg((state, assigned, short) ORDER BY batch_no)::text FROM core.agg_batch WHERE task_no = pg_temp.no('fixed') AND state <> 'collected'),
  '{"(bound,3,f)","(filling,0,f)","(bound,20,f)"}', 'and fills up for another');

-- a batch below the minimum is not given out, and keeps no other from it
SELECT pg_temp.task('few', 'leader', 'fixed_size', '18') \g /dev/null
CREATE FUNCTION pg_temp.partly(p_nth int, p_good int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE j core.agg_job; v_good jsonb; v_bad jsonb;
BEGIN
  SELECT x.* INTO STRICT j FROM core.agg_job x WHERE x.task_no = pg_temp.no('few') ORDER BY x.job_no OFFSET p_nth - 1 LIMIT 1;
  PERFORM pg_temp.claim();
  v_good := pg_temp.commit(j.reports[:p_good], j.bucket);
  v_bad := pg_temp.commit(j.reports[p_good + 1:], j.bucket, 'hpke_decrypt_error');
  RETURN pg_temp.end(pg_temp.lease(j.queue_id), CASE p_good WHEN 0 THEN v_bad ELSE jsonb_set(v_good, '{0,outcomes}', (v_good #> '{0,outcomes}') || coalesce(v_bad #> '{0,outcomes}', '[]')) END);
END $$;
CREATE FUNCTION pg_temp.few() RETURNS text LANGUAGE sql AS
$$ SELECT array_agg((state, assigned, short) ORDER BY batch_no)::text FROM core.agg_batch WHERE task_no = pg_temp.no('few') $$;
SELECT pg_temp.up('few', 1, 12, 10), pg_temp.batch(), pg_temp.up('few', 13, 24, 10), pg_temp.batch(), pg_temp.partly(1, 2), pg_temp.partly(2, 12) \g /dev/null
SELECT is(pg_temp.few(), '{"(filling,2,f)","(full,12,f)"}', 'the first lost reports, and is not full any more');
SELECT (pg_temp.collect('few', NULL, '{"mode": 2, "current": true}')).extra ->> 'collection_id' AS w1 \gset
SELECT is(pg_temp.few(), '{"(filling,2,f)","(bound,12,f)"}', 'the second is given out');
SELECT api.dap_collect_remove(pg_temp.dap('collector'), pg_temp.req('few', jsonb_build_object('collection_id', :'w1'))) \g /dev/null
SELECT is(pg_temp.few(), '{"(filling,2,f)","(full,12,f)"}', 'and given up');
SELECT pg_temp.up('few', 31, 42, 10), pg_temp.batch(), pg_temp.collect('few', NULL, '{"mode": 2, "current": true}') \g /dev/null
SELECT is(pg_temp.few(), '{"(bound,14,f)","(full,12,f)"}', 'the first has the minimum again');
SELECT pg_temp.partly(3, 0), api.dap_collect_remove(pg_temp.dap('collector'), pg_temp.req('few', jsonb_build_object('collection_id', core.id16_text(c.collection_id))))
  FROM core.agg_collection c WHERE c.task_no = pg_temp.no('few') AND NOT c.removed \g /dev/null
SELECT is(pg_temp.few(), '{"(filling,2,f)","(full,12,f)"}', 'lost it while it was asked for, and was given up: it fills up again');

-- profile 18: ids of ours, and leader-selected queries all look alike
SELECT pg_temp.up('fix18', 1, 40, 10), pg_temp.settle() \g /dev/null
SELECT (pg_temp.collect('fix18', NULL, '{"mode": 2, "current": true}')).extra ->> 'collection_id' AS g1 \gset
SELECT is((pg_temp.collect('fix18', NULL, '{"mode": 2, "current": true}')).extra ->> 'collection_id', :'g1', 'an equal request is the same collection');
SELECT api.dap_collect_remove(pg_temp.dap('collector'), pg_temp.req('fix18', jsonb_build_object('collection_id', :'g1'))) \g /dev/null
SELECT isnt((pg_temp.collect('fix18', NULL, '{"mode": 2, "current": true}')).extra ->> 'collection_id', :'g1', 'until that is removed');
SELECT pg_temp.up('lead18', 1, 12, 10), pg_temp.collect('lead18', NULL, pg_temp.ti(10, 2)) \g /dev/null
SELECT is((SELECT (first, past)::text FROM core.agg_span WHERE task_no = pg_temp.no('lead18')), '(1000,1200)', 'times are counted in steps');
SELECT is(pg_temp.says(pg_temp.collect('lead18', NULL, pg_temp.ti(10, 2), 'other')), 'batchOverlap', 'another request for the same batch');

-- the helper's side
CREATE FUNCTION pg_temp.share(p_task text, p_id text, p_sel jsonb, p_count bigint, p_sum text) RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.dap_share_put(pg_temp.dap('leader'), pg_temp.req(p_task, jsonb_build_object('digest', pg_temp.hex(p_id), 'request_b64', pg_temp.b64(p_id), 'count', p_count, 'checksum', p_sum)
     || CASE WHEN pg_temp.prof(p_task) = '09' THEN jsonb_build_object('share_id', pg_temp.id(p_id)) ELSE '{}' END || p_sel)) $$;
SELECT pg_temp.put('help', 'j1', 'b1') \g /dev/null
SELECT pg_temp.end(pg_temp.run('j1'), pg_temp.commit(pg_temp.uids(1, 5), int8send(1000), 'accepted', '{"response_b64": "AQID"}')) \g /dev/null
SELECT is(pg_temp.says(api.dap_share_put(pg_temp.dap('collector'), pg_temp.req('help'))), 'unauthorizedRequest', 'another token');
SELECT is(pg_temp.says(pg_temp.share('help', 's', pg_temp.ti(1000, 50), 5, pg_temp.sum(pg_temp.uids(1, 5)))), 'batchInvalid', 'boundary');
SELECT is(pg_temp.says(pg_temp.share('help', 's', pg_temp.ti(1000, 100), 2, pg_temp.sum(pg_temp.uids(1, 2)))), 'invalidBatchSize', 'size');
UPDATE core.agg_task SET count_max = 4 WHERE task_no = pg_temp.no('help');
SELECT is(pg_temp.says(pg_temp.share('help', 's', pg_temp.ti(1000, 100), 5, pg_temp.sum(pg_temp.uids(1, 5)))), 'invalidBatchSize', 'nor more than a sum holds');
UPDATE core.agg_task SET count_max = NULL WHERE task_no = pg_temp.no('help');
SELECT is(pg_temp.says(pg_temp.share('help', 's', pg_temp.ti(1000, 100), 4, pg_temp.sum(pg_temp.uids(1, 4)))), 'batchMismatch', 'count');
SELECT is(pg_temp.says(pg_temp.share('help', 's', pg_temp.ti(1000, 100), 5, pg_temp.sum(pg_temp.uids(2, 6)))), 'batchMismatch', 'checksum');
SELECT is((SELECT count(*) FROM core.agg_served), 0::bigint, 'a refusal leaves nothing');
SELECT is((pg_temp.share('help', 's', pg_temp.ti(1000, 100), 5, pg_temp.sum(pg_temp.uids(1, 5)))).extra - 'wait_id' - 'share_id', '{"final": false, "ring": 12}', 'agreed');
SELECT is(pg_temp.says(pg_temp.share('help', 's2', pg_temp.ti(1000, 100), 5, pg_temp.sum(pg_temp.uids(1, 5)))), 'batchQueriedTooManyTimes', 'once');
SELECT is(pg_temp.says(pg_temp.share('help', 's3', pg_temp.ti(900, 200), 5, pg_temp.sum(pg_temp.uids(1, 5)))), 'batchOverlap', 'no overlap');
CREATE FUNCTION pg_temp.s(p_id text) RETURNS core.lease LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_temp.claim();
  RETURN pg_temp.lease((SELECT v.queue_id FROM core.agg_served v WHERE v.digest = sha256(p_id::bytea)));
END $$;
SELECT is(pg_temp.open(pg_temp.s('s')) -> 'share', jsonb_build_object('digest', pg_temp.hex('s'), 'request_b64', pg_temp.b64('s'), 'mode', 1, 'start', 1000, 'duration', 100, 'count', 5, 'checksum', pg_temp.sum(pg_temp.uids(1, 5))), 'what it stands on');
SELECT is((pg_temp.ask(pg_temp.s('s'), 'agg_batch')) #> '{value,ready}', 'true', 'it is ready');
SELECT is(jsonb_array_length(pg_temp.ask(pg_temp.s('s'), 'agg_parts') #> '{value,parts}'), 1, 'and has its sums');
SELECT is(pg_temp.end(pg_temp.s('s'), '[{"op": "agg_served", "share_b64": "CQ==", "count": 4}]'), 'failed INTERNAL', 'another count');
CREATE TEMP TABLE seen AS SELECT v AS served FROM core.agg_served v WHERE v.digest = sha256('s');
SELECT is((pg_temp.share('help', 's', pg_temp.ti(1000, 100), 5, pg_temp.sum(pg_temp.uids(1, 5)))).extra - 'wait_id' - 'share_id', '{"final": false, "ring": 12}', 'its leader asks again, and it runs again');
SELECT is((core.agg_served_answer(s.served, 200)).extra - 'wait_id' - 'share_id', '{"final": false}', 'once, however often it asks') FROM seen s;
SELECT is(pg_temp.end(pg_temp.s('s'), '[{"op": "agg_served", "share_b64": "CQ==", "count": 5}]'), 'completed', 'served');
SELECT is((pg_temp.share('help', 's', pg_temp.ti(1000, 100), 5, pg_temp.sum(pg_temp.uids(1, 5)))).extra - 'share_id', '{"final": true, "data_b64": "CQ=="}', 'the same request has the stored answer');
SELECT is((core.agg_served_answer(s.served, 200)).extra - 'share_id', '{"final": true, "data_b64": "CQ=="}', 'so has one that looked before') FROM seen s;
SELECT is((SELECT count(*) FROM core.ready WHERE kind = 203), 0::bigint, 'and nothing is queued for it');
SELECT is((api.dap_share_get(pg_temp.dap('leader'), pg_temp.req('help', jsonb_build_object('share_id', pg_temp.id('s'))))).extra ->> 'data_b64', 'CQ==', 'by its id, too');
SELECT is((SELECT (count(*), count(sealed))::text FROM core.agg_part WHERE task_no = pg_temp.no('help')), '(1,0)', 'the sums are scrubbed');
SELECT pg_temp.put('help', 'j2', 'b2') \g /dev/null
SELECT is(pg_temp.end(pg_temp.run('j2'), pg_temp.commit(pg_temp.uids(6, 8), int8send(1000), 'accepted', '{"response_b64": "AQID"}')), 'queued', 'a later report is not taken');
-- fixed_size
SELECT is(pg_temp.says(pg_temp.share('hfix', 't', jsonb_build_object('mode', 2, 'batch_id', core.b64u(sha256('b'))), 5, pg_temp.hex(''))), 'batchInvalid', 'no such batch');
SELECT pg_temp.put('hfix', 'j9', 'body9', jsonb_build_object('mode', 2, 'batch_id', core.b64u(sha256('b')))) \g /dev/null
SELECT pg_temp.end(pg_temp.run('j9'), pg_temp.commit(pg_temp.uids(1, 3), sha256('b'), 'accepted', '{"response_b64": "AQID"}')) \g /dev/null
SELECT is(pg_temp.says(pg_temp.share('hfix', 't', jsonb_build_object('mode', 2, 'batch_id', core.b64u(sha256('b'))), 3, pg_temp.sum(pg_temp.uids(1, 3)))), '202', 'its own');
SELECT pg_temp.put('hfix', 'j10', 'body10', jsonb_build_object('mode', 2, 'batch_id', core.b64u(sha256('b')))) \g /dev/null
SELECT is(pg_temp.end(pg_temp.run('j10'), pg_temp.commit(pg_temp.uids(4, 6), sha256('b'), 'accepted', '{"response_b64": "AQID"}')), 'queued', 'takes no more');
-- more pages than one, of a batch id that base64 writes with '/' only
SELECT pg_temp.put('hfix', 'j11', 'body11', jsonb_build_object('mode', 2, 'batch_id', core.b64u(decode(repeat('ff', 32), 'hex')))) \g /dev/null
SELECT pg_temp.end(pg_temp.run('j11'), pg_temp.commit(pg_temp.uids(11, 13), decode(repeat('ff', 32), 'hex'), 'accepted', '{"response_b64": "AQID"}')) \g /dev/null
INSERT INTO core.agg_part SELECT p.task_no, p.bucket, p.job_no + i, convert_to(repeat('s', 800000), 'UTF8'), 3, p.checksum, p.t_min, p.t_max
  FROM core.agg_part p CROSS JOIN generate_series(1000000, 1000006) i WHERE p.bucket = decode(repeat('ff', 32), 'hex');
SELECT pg_temp.share('hfix', 'ff', jsonb_build_object('mode', 2, 'batch_id', core.b64u(decode(repeat('ff', 32), 'hex'))), a.count, core.bits256_hex(a.checksum))
  FROM core.agg_sum(pg_temp.no('hfix'), decode(repeat('ff', 32), 'hex'), NULL, NULL) a \g /dev/null
CREATE FUNCTION pg_temp.pages(p_share text) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE l core.lease := pg_temp.s(p_share); v jsonb := '{}'; a jsonb;
BEGIN
  FOR i IN 1 .. 9 LOOP
    a := v - 'parts';
    v := pg_temp.ask(l, 'agg_parts', a) -> 'value';
    RETURN NEXT v -> 'parts';
    EXIT WHEN NOT v ? 'after';
  END LOOP;
END $$;
SELECT is((SELECT (count(*), count(DISTINCT x #>> '{sealed_at,id}'))::text FROM pg_temp.pages('ff') p CROSS JOIN LATERAL jsonb_array_elements(p) x), '(8,8)', 'each sum is on one page');
SELECT is(pg_temp.end(pg_temp.s('t'), '[{"op": "agg_served", "word": "batchInvalid"}]'), 'completed', 'a refusal of the run');
SELECT is(pg_temp.says(api.dap_share_get(pg_temp.dap('leader'), pg_temp.req('hfix', jsonb_build_object('share_id', pg_temp.id('t'))))), 'batchInvalid', 'is kept');
-- profile 18
SELECT pg_temp.put('help18', NULL, 'k') \g /dev/null
SELECT pg_temp.claim(), pg_temp.end(pg_temp.lease((SELECT queue_id FROM core.agg_job WHERE task_no = pg_temp.no('help18'))), pg_temp.commit(pg_temp.uids(1, 5), int8send(1000), 'accepted', '{"response_b64": "AQID"}')) \g /dev/null
SELECT is((pg_temp.share('help18', 'u', pg_temp.ti(10, 1), 5, pg_temp.sum(pg_temp.uids(1, 5)))).extra ->> 'share_id', core.id16_text(core.dap_id(sha256('help18'), sha256('u'), 0)), 'an id of ours');
SELECT is(pg_temp.says(api.dap_share_remove(pg_temp.dap('leader'), pg_temp.req('help18', jsonb_build_object('share_id', core.id16_text(core.dap_id(sha256('help18'), sha256('u'), 0)))))), '204', 'removed');
SELECT is(pg_temp.says(pg_temp.share('help18', 'u', pg_temp.ti(10, 1), 5, pg_temp.sum(pg_temp.uids(1, 5)))), 'batchOverlap', 'the batch is not free');
SELECT * FROM finish();
ROLLBACK;
