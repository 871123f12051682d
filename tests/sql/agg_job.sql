-- Aggregation jobs: batching, the leader's run, the helper's, their ends.
BEGIN;
\ir agg.psql
CREATE FUNCTION pg_temp.counts(p_task text) RETURNS jsonb LANGUAGE sql AS
$$ SELECT (api.agg_task_counters(pg_temp.auth(), jsonb_build_object('task_id', pg_temp.tid(p_task)))).body -> 'aggregate' $$;
-- batching
SELECT pg_temp.up('lead', 1, 9, 1000) \g /dev/null
SELECT is(core.batch_spec('{}'), NULL, 'nine young reports wait');
SELECT pg_temp.up('lead', 10, 10, 1050) \g /dev/null
SELECT is(core.batch_spec('{}'), '{}', 'ten do not');
SELECT is(pg_temp.batch(), '10', 'one job');
SELECT is((SELECT (count(*), (SELECT count(*) FROM core.agg_stored))::text FROM core.agg_bucket), '(1,0)', 'its bucket is known, nothing waits');
SELECT is((SELECT count(*) FROM core.ready WHERE kind = 201), 1::bigint, 'and it runs');
SELECT pg_temp.up('lead', 11, 11, 1000) \g /dev/null
SELECT is(core.batch_spec('{}'), NULL, 'one more waits');
UPDATE core.agg_stored SET at = at - interval '2 min';
SELECT is(pg_temp.batch(), '10 1', 'but not for ever');
SELECT pg_temp.up('lead', 1000, 2499, 5000) \g /dev/null
SELECT is(pg_temp.batch(), '10 1 1000 500', 'small ones by the thousand');
UPDATE core.setting SET value = '600' WHERE name = 'agg_job_bytes';
SELECT pg_temp.up('lead', 3000, 3149, 6000) \g /dev/null
SELECT is(pg_temp.batch(), '10 1 1000 500 100 50', 'large ones by the hundred');
-- whatever reports are like, a job has bounds: 24 MiB, 250 files, one report at least
SELECT (api.dap_segment('{"mode": "none"}', '{"host": "h", "folder": "/s"}')).extra ->> 'segment' AS big \gset
SELECT pg_temp.up('lead', 5000, 5064, 8000, jsonb_build_object('segment', :'big', 'offset', 0, 'length', 1048576) || '{"bytes_b64": null}') \g /dev/null
SELECT is(pg_temp.batch(), '10 1 1000 500 100 50 24 24 17', 'junk of 1 MiB each is no job that nobody can run');
UPDATE core.setting SET value = '4194304' WHERE name = 'agg_job_bytes';
SELECT pg_temp.up('lead', 5100, 5399, 8100, jsonb_build_object('segment', :'big', 'offset', 0, 'length', 5000) || '{"bytes_b64": null}') \g /dev/null
SELECT is(pg_temp.batch(), '10 1 1000 500 100 50 24 24 17 250 50', 'nor are reports of more segments than a job has files');
SELECT pg_temp.up('lead', 5400, 5400, 8200, jsonb_build_object('segment', :'big', 'offset', 0, 'length', 33554432) || '{"bytes_b64": null}') \g /dev/null
UPDATE core.agg_stored SET at = at - interval '2 min';
SELECT is(pg_temp.batch(), '10 1 1000 500 100 50 24 24 17 250 50 1', 'one alone is one');
SELECT is((SELECT bool_and(cardinality(reports) = n AND (SELECT count(DISTINCT r) FROM unnest(reports) r) = n) FROM core.agg_job), true, 'each report once');
DELETE FROM core.agg_job WHERE n > 11; DELETE FROM core.ready; DELETE FROM core.agg_job WHERE n = 1;
UPDATE core.agg_job SET queue_id = core.enqueue(201::smallint, 0, jsonb_build_object('task_no', task_no, 'job_no', job_no));

-- a leader's run
SELECT * FROM pg_temp.claim() \g /dev/null
CREATE FUNCTION pg_temp.l() RETURNS core.lease LANGUAGE sql AS $$ SELECT l FROM core.lease l WHERE l.kind = 201 ORDER BY l.id DESC LIMIT 1 $$;
SELECT is(pg_temp.open(pg_temp.l()) - 'now' - 'task', jsonb_build_object('tenant', '', 'sealed', pg_temp.b64('box'), 'files', '[]'::jsonb, 'job',
  (SELECT jsonb_build_object('job_no', job_no, 'job_id', core.id16_text(job_id), 'bucket', core.b64(int8send(1000)), 'state', 'new', 'tries', 0) FROM core.agg_job)), 'what it stands on');
SELECT is(pg_temp.open(pg_temp.l()) #>> '{task,task_id}', pg_temp.tid('lead'), 'and its task');
SELECT is(api.job_open((pg_temp.l()).id, gen_random_uuid()), NULL, 'nothing for another token');
SELECT is(api.job_ask((pg_temp.l()).id, gen_random_uuid(), 'agg_reports', '{}'), NULL, 'no answer either');
SELECT is((SELECT array_agg(core.id16(r ->> 'id') ORDER BY n) FROM jsonb_array_elements(pg_temp.ask(pg_temp.l(), 'agg_reports') #> '{value,reports}') WITH ORDINALITY u(r, n)), pg_temp.uids(1, 10), 'its reports, by id');
SELECT is((pg_temp.ask(pg_temp.l(), 'agg_reports') #> '{value,reports,0}') - 'id' - 'time', jsonb_build_object('bytes', pg_temp.b64('report')), 'with their bytes');
SELECT is(pg_temp.ask(pg_temp.l(), 'agg_reports', jsonb_build_object('after', core.id16_text((pg_temp.uids(1, 10))[8]))) #> '{value,reports}' -> 2, NULL, 'from one on');
SELECT is(pg_temp.ask(pg_temp.l(), 'hpke_key', '{"config_id": 7}'), jsonb_build_object('value', jsonb_build_object('config', pg_temp.b64('config'), 'sealed_key', pg_temp.b64('sealed'), 'sealed_at', '{"table": "agg_hpke_key", "id": "7"}'::jsonb)), 'a key');
SELECT is(pg_temp.ask(pg_temp.l(), 'hpke_key', '{"config_id": 8}'), '{"value": null}', 'or none');
SELECT is(pg_temp.ask(pg_temp.l(), 'agg_seen', '{"reports": []}') #>> '{err,code}', 'INTERNAL', 'a call of the helper''s kinds');
SELECT is(pg_temp.ask(pg_temp.l(), 'record_get', '{}') #>> '{err,code}', 'INTERNAL', 'of another service');
SELECT is(pg_temp.ask(pg_temp.l(), 'agg_sent', jsonb_build_object('sha256', pg_temp.hex('q'))), '{"value": {}}', 'it sends');
SELECT is(pg_temp.ask(pg_temp.l(), 'agg_sent', jsonb_build_object('sha256', pg_temp.hex('q'))), '{"value": {}}', 'the same again');
SELECT is(pg_temp.ask(pg_temp.l(), 'agg_sent', jsonb_build_object('sha256', pg_temp.hex('p'))) #>> '{err,code}', 'INTERNAL', 'and nothing else');
SELECT is(pg_temp.end(pg_temp.l(), '[{"op": "agg_wait", "error": "timeout", "status": 503, "latency_ms": 5, "location": "/x"}]', '{"state": "waiting", "wait_ms": 2000}'), 'later snooze', 'it waits for its peer');
SELECT is((SELECT (attempt, why, extract(epoch FROM due - clock_timestamp()) BETWEEN 1.5 AND 2)::text FROM core.later), '(0,snooze,t)', 'two seconds, no attempt is counted');
SELECT is((SELECT (state, tries, location)::text FROM core.agg_job), '(sent,1,/x)', 'which is noted');
SELECT is((SELECT (retries, last_error, status)::text FROM core.agg_peer), '(1,timeout,503)', 'for operators too');
UPDATE core.later SET due = clock_timestamp(); SELECT core.later_promote(), pg_temp.claim() \g /dev/null
SELECT is(pg_temp.end(pg_temp.l(), '[{"op": "agg_wait", "status": 201, "latency_ms": 5, "location": "/x"}]', '{"state": "waiting", "wait_ms": 2000}'), 'later snooze', 'one that is at work');
SELECT is((SELECT (answers, retries, last_error, status)::text FROM core.agg_peer), '(1,1,timeout,201)', 'is not in trouble');
UPDATE core.later SET due = clock_timestamp(); SELECT core.later_promote(), pg_temp.claim() \g /dev/null
SELECT is((pg_temp.open(pg_temp.l()) #> '{job}') - 'job_no' - 'job_id' - 'bucket', '{"state": "sent", "tries": 2, "location": "/x"}', 'and told to its next run');
-- ends that are not its
SELECT is(pg_temp.end(pg_temp.l(), pg_temp.commit(pg_temp.uids(1, 9), int8send(1000))), 'failed INTERNAL', 'a report is missing');
SELECT is((SELECT count(*) FROM core.agg_part), 0::bigint, 'nothing is kept');
SELECT is((SELECT (j.state, l.why)::text FROM core.agg_job j JOIN core.later l ON l.id = j.queue_id), '(sent,scheduled)', 'and it is tried again: it was sent');
CREATE FUNCTION pg_temp.again() RETURNS void LANGUAGE sql AS $$ UPDATE core.later SET due = clock_timestamp(); SELECT core.later_promote(); SELECT pg_temp.claim(); $$;
SELECT pg_temp.again() \g /dev/null
SELECT is(pg_temp.end(pg_temp.l(), pg_temp.commit(pg_temp.uids(1, 10), int8send(1000)) #- '{0,parts}'), 'failed INTERNAL', 'no sum');
SELECT pg_temp.again() \g /dev/null
SELECT is(pg_temp.end(pg_temp.l(), jsonb_set(pg_temp.commit(pg_temp.uids(1, 10), int8send(1000)), '{0,parts,0,checksum}', to_jsonb(pg_temp.hex('x')))), 'failed INTERNAL', 'a sum of others');
SELECT pg_temp.again() \g /dev/null
SELECT is(pg_temp.end(pg_temp.l(), pg_temp.commit(pg_temp.uids(1, 10), int8send(1100))), 'failed INTERNAL', 'another bucket');
SELECT pg_temp.again() \g /dev/null
SELECT is((SELECT what FROM api.job_turn(:worker, 9::smallint, ARRAY[(pg_temp.l()).id], ARRAY[gen_random_uuid()], jsonb_build_array(jsonb_build_object('state', 'completed', 'started', true, 'result',
  jsonb_build_object('writes', pg_temp.commit(pg_temp.uids(1, 10), int8send(1000))))), 0, -1)), 'fenced', 'another token');
SELECT is((SELECT (count(*), (SELECT state FROM core.agg_job))::text FROM core.agg_part), '(0,sent)', 'changes nothing');
-- the end: 8 accepted, one failed, one too early
SELECT is(pg_temp.end(pg_temp.l(), jsonb_build_array(jsonb_set(pg_temp.commit(pg_temp.uids(1, 8), int8send(1000)) -> 0, '{outcomes}', (pg_temp.commit(pg_temp.uids(1, 8), int8send(1000)) #> '{0,outcomes}')
  || jsonb_build_array(jsonb_build_object('id', pg_temp.id('r9'), 'word', 'hpke_decrypt_error'), jsonb_build_object('id', pg_temp.id('r10'), 'word', 'report_too_early'))))), 'completed', 'it commits');
SELECT is((SELECT (sealed, count, checksum = core.bits256(decode(pg_temp.sum(pg_temp.uids(1, 8)), 'hex')), t_min, t_max)::text FROM core.agg_part), '("\\x7368617265",8,t,1000,1001)', 'its sum');
SELECT is((SELECT string_agg(DISTINCT concat_ws(' ', state, reason, bytes IS NULL, tries), ', ') FROM core.agg_report WHERE report_id = ANY (pg_temp.uids(1, 10))), 'd t 0, f hpke_decrypt_error t 0, s f 1', 'each report has its end; bytes go');
SELECT is((SELECT array_agg(report_id) FROM core.agg_stored WHERE bucket = 1000), pg_temp.uids(10, 10), 'what was early waits again');
SELECT is((SELECT (at BETWEEN clock_timestamp() + interval '4 min' AND clock_timestamp() + interval '5 min', since < clock_timestamp())::text FROM core.agg_stored WHERE bucket = 1000), '(t,t)', 'a while');
SELECT pg_temp.up('lead', 12, 25, 1000) \g /dev/null
SELECT is(pg_temp.batch(), '14', 'and is not in a job meanwhile');
SELECT is(core.batch_spec('{}'), NULL, 'nor does it make one');
DELETE FROM core.ready WHERE id = (SELECT queue_id FROM core.agg_job WHERE n = 14); DELETE FROM core.agg_job WHERE n = 14;
SELECT pg_temp.up('lead', 26, 26, core.agg_now() + 100) \g /dev/null
UPDATE core.setting SET value = '1' WHERE name = 'agg_back_s';
SELECT core.agg_give_back(t, j, pg_temp.uids(26, 26), 'report_too_early') FROM core.agg_job j JOIN core.agg_task t USING (task_no) \g /dev/null
UPDATE core.setting SET value = '300' WHERE name = 'agg_back_s';
SELECT is((SELECT max(s.at) = to_timestamp(r.time + 120) FROM core.agg_report r JOIN core.agg_stored s USING (report_id) WHERE report_id = pg_temp.uid('r26') GROUP BY r.time), true, 'one of the future waits for its time');
SELECT is(pg_temp.counts('lead'), '{"accepted": 8, "given_back": 1, "hpke_decrypt_error": 1}', 'all counted');
SELECT is((SELECT (state, reports IS NULL)::text FROM core.agg_job), '(done,t)', 'the job is done');

-- a job that is refused gives its reports back, twice
CREATE FUNCTION pg_temp.refused() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core.agg_stored SET at = clock_timestamp() - interval '2 min';
  PERFORM pg_temp.batch();
  PERFORM pg_temp.claim();
  RETURN pg_temp.end(pg_temp.l(), '[{"op": "agg_back", "problem": "invalidMessage"}]');
END $$;
DELETE FROM core.agg_stored WHERE bucket > 1000;
SELECT is(pg_temp.refused(), 'completed', 'refused');
SELECT is((SELECT (tries, state)::text FROM core.agg_report WHERE report_id = pg_temp.uid('r10')), '(2,s)', 'once more');
SELECT is((SELECT at BETWEEN clock_timestamp() + interval '59 min' AND clock_timestamp() + interval '60 min' FROM core.agg_stored WHERE bucket = 1000), true, 'in an hour');
SELECT is(pg_temp.refused(), 'completed', 'refused again');
SELECT is((SELECT (tries, state, reason, bytes IS NULL)::text FROM core.agg_report WHERE report_id = pg_temp.uid('r10')), '(2,f,report_dropped,t)', 'and that was it');
SELECT is(pg_temp.counts('lead'), '{"accepted": 8, "given_back": 3, "hpke_decrypt_error": 1, "report_dropped": 1}', 'which is counted');
SELECT is((SELECT string_agg(state || coalesce(' ' || problem, ''), ', ' ORDER BY job_no) FROM core.agg_job), 'done, failed invalidMessage, failed invalidMessage', 'the jobs say why');

-- a segment of another host
SELECT (api.dap_segment('{"mode": "none"}', '{"host": "other", "folder": "/s"}')).extra ->> 'segment' AS seg \gset
SELECT pg_temp.up('lead', 50, 59, 7000, jsonb_build_object('segment', :'seg', 'offset', 0, 'length', 50) || '{"bytes_b64": null}') \g /dev/null
SELECT pg_temp.batch(), pg_temp.claim() \g /dev/null
SELECT is(pg_temp.open(pg_temp.l()), NULL, 'is not opened here');
SELECT is((SELECT (why, attempt, (SELECT count(*) FROM core.lease))::text FROM core.later), '(snooze,0,0)', 'the job waits for a worker there');
UPDATE core.agg_segment SET host = 'h'; SELECT pg_temp.again() \g /dev/null
SELECT is(pg_temp.open(pg_temp.l()) -> 'files', jsonb_build_array(jsonb_build_object('name', :'seg', 'segment', :'seg', 'path', '/s/' || :'seg')), 'here it is');
SELECT is((pg_temp.ask(pg_temp.l(), 'agg_reports') #> '{value,reports,0}') - 'id', jsonb_build_object('time', 7000, 'segment', :'seg', 'offset', 0, 'length', 50), 'and where in it');

-- fixed_size: batches of at most 20
SELECT pg_temp.up('fixed', 1, 30, 1000) \g /dev/null
SELECT pg_temp.batch() \g /dev/null
SELECT is((SELECT string_agg((assigned, state)::text, ' ' ORDER BY batch_no) FROM core.agg_batch), '(20,full) (10,filling)', 'one batch is full, one is not');
SELECT is((SELECT bool_and(length(bucket) = 32 AND bucket IN (SELECT batch_id FROM core.agg_batch)) FROM core.agg_job WHERE task_no = pg_temp.no('fixed')), true, 'their ids are the jobs'' buckets');

-- the helper
SELECT is(pg_temp.says(api.dap_check(pg_temp.dap('leader'), pg_temp.req('help'))), '204', 'may bring a body');
SELECT is(pg_temp.says(api.dap_check(pg_temp.dap('x'), pg_temp.req('help'))), 'unauthorizedRequest', 'another token may not');
SELECT is(pg_temp.says(api.dap_check('{"mode": "dap", "sha256": null}', pg_temp.req('help'))), 'unauthorizedRequest', 'nor none');
SELECT is(pg_temp.says(api.dap_check(pg_temp.dap('leader'), pg_temp.req('lead'))), 'unrecognizedTask', 'nor at a leader');
SELECT is((pg_temp.put('help', 'j1', 'body1')).extra - 'wait_id' - 'job_id', '{"final": false, "ring": 12}', 'a job');
SELECT is((pg_temp.put('help', 'j1', 'body1')).extra - 'wait_id' - 'job_id', '{"final": false}', 'the same again');
SELECT is((SELECT count(*) FROM core.agg_job WHERE task_no = pg_temp.no('help')), 1::bigint, 'is one');
SELECT is(pg_temp.says(pg_temp.put('help', 'j1', 'body2')), 'conflict', 'another body');
SELECT is(pg_temp.says(pg_temp.put('help', 'j2', 'body2', '{"mode": 2}')), 'invalidMessage', 'another mode');
CREATE FUNCTION pg_temp.h(p_job text) RETURNS core.lease LANGUAGE sql AS $$ SELECT pg_temp.run(p_job) $$;
SELECT is(pg_temp.open(pg_temp.h('j1')) -> 'files', jsonb_build_array(jsonb_build_object('name', 'request', 'sha256', pg_temp.hex('body1'), 'size', 5, 'store', 'pg', 'data_b64', pg_temp.b64('body1'))), 'its request is a file');
SELECT is(pg_temp.ask(pg_temp.h('j1'), 'agg_seen', jsonb_build_object('reports', jsonb_build_array(jsonb_build_object('id', pg_temp.id('r1'), 'bucket', core.b64(int8send(1000)), 'time', 1000)))),
  '{"value": {"closed": [], "dropped": [], "replayed": []}}', 'a new report');
SELECT is(pg_temp.end(pg_temp.h('j1'), pg_temp.commit(pg_temp.uids(1, 3), int8send(1050), 'accepted', '{"response_b64": "AQID"}')), 'failed INTERNAL', 'a bucket that is none');
SELECT j.job_no, j.queue_id FROM core.agg_job j WHERE j.task_no = pg_temp.no('help') \gset
CREATE TEMP TABLE seen AS SELECT j AS job FROM core.agg_job j WHERE j.job_no = :job_no;
SELECT is(pg_temp.says(pg_temp.put('help', 'j1', 'body1')), '202', 'the leader asks again');
SELECT is(pg_temp.says(core.agg_job_revive(s.job, 201)), '202', 'and once more at the same time') FROM seen s;
SELECT is((SELECT count(*) FROM core.ready WHERE kind = 200), 1::bigint, 'which queues one job');
SELECT is(pg_temp.end(pg_temp.h('j1'), pg_temp.commit(pg_temp.uids(1, 3), int8send(1000), 'accepted', '{"response_b64": "AQID"}')), 'completed', 'and it runs again');
SELECT is((pg_temp.put('help', 'j1', 'body1')).extra - 'job_id', '{"final": true, "data_b64": "AQID"}', 'its answer');
SELECT is((pg_temp.put('help', 'j1', 'body1')).status, 201, 'as at first');
SELECT is((core.agg_job_revive(s.job, 201)).extra - 'job_id', '{"final": true, "data_b64": "AQID"}', 'whoever looked before its end is told so, too') FROM seen s;
SELECT is((SELECT count(*) FROM core.ready WHERE kind = 200), 0::bigint, 'and nothing is queued for it');
SELECT is((api.dap_job_get(pg_temp.dap('leader'), pg_temp.req('help', jsonb_build_object('job_id', pg_temp.id('j1'))))).extra ->> 'data_b64', 'AQID', 'by its id');
SELECT is((SELECT count(*) FROM core.agg_report WHERE task_no = pg_temp.no('help') AND state = 'd' AND time = 1000), 3::bigint, 'the ids are kept');
SELECT is((SELECT count(*) FROM core.blob_loose WHERE sha256 = sha256('body1')), 1::bigint, 'the body is not');
SELECT is(pg_temp.says(api.dap_job_continue(pg_temp.dap('leader'), pg_temp.req('help', jsonb_build_object('job_id', pg_temp.id('j1'), 'step', 1)))), 'stepMismatch', 'there is no second step');
SELECT is(pg_temp.says(api.dap_job_continue(pg_temp.dap('leader'), pg_temp.req('help', jsonb_build_object('job_id', pg_temp.id('none'), 'step', 1)))), 'unrecognizedAggregationJob', 'nor such a job');
-- replay
SELECT pg_temp.put('help', 'j2', 'body2') \g /dev/null
SELECT is(pg_temp.end(pg_temp.h('j2'), pg_temp.commit(pg_temp.uids(3, 5), int8send(1000), 'accepted', '{"response_b64": "AQID"}')), 'queued', 'a report that another job committed lets it run again');
SELECT is((SELECT (state, clashes)::text FROM core.agg_job WHERE job_id = pg_temp.uid('j2')), '(new,1)', 'nothing of it is kept');
SELECT is(pg_temp.ask(pg_temp.h('j2'), 'agg_seen', jsonb_build_object('reports', jsonb_build_array(jsonb_build_object('id', pg_temp.id('r3'), 'bucket', core.b64(int8send(1000)), 'time', 1000)))) #> '{value,replayed}',
  jsonb_build_array(pg_temp.id('r3')), 'then it is told which');
INSERT INTO core.agg_span VALUES (pg_temp.no('help'), 1000, 1100, 'closing');
SELECT is(pg_temp.end(pg_temp.h('j2'), pg_temp.commit(pg_temp.uids(4, 5), int8send(1000), 'accepted', '{"response_b64": "AQID"}')), 'queued', 'so does a bucket that closed');
SELECT is(pg_temp.ask(pg_temp.h('j2'), 'agg_seen', jsonb_build_object('reports', jsonb_build_array(jsonb_build_object('id', pg_temp.id('r3'), 'bucket', core.b64(int8send(1000)), 'time', 1000)))) #> '{value,closed}',
  jsonb_build_array(core.b64(int8send(1000))), 'of which it is told');
SELECT is(pg_temp.end(pg_temp.h('j2'), pg_temp.commit(pg_temp.uids(4, 5), int8send(1000), 'batch_collected', '{"response_b64": "BA=="}')), 'completed', 'all refused');
SELECT is(pg_temp.counts('help'), '{"accepted": 3, "batch_collected": 2}', 'and counted');
-- a batch that has a most
SELECT pg_temp.task('hmax', 'helper', 'fixed_size', '09', '{}', '{"max_batch_size": 5}') \g /dev/null
CREATE FUNCTION pg_temp.hmax(p_job text) RETURNS core.answer LANGUAGE sql AS $$ SELECT pg_temp.put('hmax', p_job, 'hmax ' || p_job, jsonb_build_object('mode', 2, 'batch_id', core.b64u(sha256('most')))) $$;
CREATE FUNCTION pg_temp.room(p_job text) RETURNS jsonb LANGUAGE sql AS
$$ SELECT pg_temp.ask(pg_temp.h(p_job), 'agg_seen', jsonb_build_object('reports', jsonb_build_array(jsonb_build_object('id', pg_temp.id('r1'), 'bucket', core.b64(sha256('most')), 'time', 1000)))) #> '{value,room}' $$;
SELECT pg_temp.hmax('m1'), pg_temp.hmax('m2') \g /dev/null
SELECT is(pg_temp.room('m1'), jsonb_build_object(core.b64(sha256('most')), 5), 'a helper is told how many it takes');
SELECT is(pg_temp.end(pg_temp.h('m1'), pg_temp.commit(pg_temp.uids(1, 3), sha256('most'), 'accepted', '{"response_b64": "AQID"}')), 'completed', 'three of five');
SELECT is(pg_temp.end(pg_temp.h('m2'), pg_temp.commit(pg_temp.uids(4, 6), sha256('most'), 'accepted', '{"response_b64": "AQID"}')), 'queued', 'three more are too many');
SELECT is(pg_temp.room('m2'), jsonb_build_object(core.b64(sha256('most')), 2), 'it is told again');
SELECT is(pg_temp.end(pg_temp.h('m2'), pg_temp.commit(pg_temp.uids(4, 5), sha256('most'), 'accepted', '{"response_b64": "AQID"}')), 'completed', 'two fill it');
SELECT pg_temp.hmax('m3') \g /dev/null
SELECT is(pg_temp.room('m3'), jsonb_build_object(core.b64(sha256('most')), 0), 'it is full');
SELECT is(pg_temp.end(pg_temp.h('m3'), pg_temp.commit(pg_temp.uids(6, 6), sha256('most'), 'batch_saturated', '{"response_b64": "AQID"}')), 'completed', 'and takes no more');
-- removal
SELECT pg_temp.put('help', 'j3', 'body3'), pg_temp.claim() \g /dev/null
SELECT is(pg_temp.says(api.dap_job_remove(pg_temp.dap('x'), pg_temp.req('help', jsonb_build_object('job_id', pg_temp.id('j3'))))), 'unauthorizedRequest', 'not for others');
SELECT is(pg_temp.says(api.dap_job_remove(pg_temp.dap('leader'), pg_temp.req('help', jsonb_build_object('job_id', pg_temp.id('j3'))))), '204', 'a job that runs is removed');
SELECT is((SELECT (SELECT count(*) FROM core.lease WHERE id = queue_id)::text || state FROM core.agg_job WHERE job_id = pg_temp.uid('j3')), '0deleted', 'and its run is over');
SELECT is(pg_temp.says(pg_temp.put('help', 'j3', 'body3')), 'unrecognizedAggregationJob', 'it does not come back');
SELECT is(pg_temp.says(api.dap_job_remove(pg_temp.dap('leader'), pg_temp.req('help', jsonb_build_object('job_id', pg_temp.id('j1'))))), '204', 'one that is done, too');
SELECT is((SELECT count(*) FROM core.agg_report WHERE task_no = pg_temp.no('help')), 3::bigint, 'its ids stay');
-- profile 18: ids of ours
SELECT (pg_temp.put('help18', NULL, 'b')).extra ->> 'job_id' AS j18 \gset
SELECT is(:'j18', core.id16_text(core.dap_id(sha256('help18'), sha256('b'), 0)), 'made of the body');
SELECT is((pg_temp.put('help18', NULL, 'b')).extra ->> 'job_id', :'j18', 'and the same again');
SELECT api.dap_job_remove(pg_temp.dap('leader'), pg_temp.req('help18', jsonb_build_object('job_id', :'j18'))) \g /dev/null
SELECT isnt((pg_temp.put('help18', NULL, 'b')).extra ->> 'job_id', :'j18', 'until it was removed');
-- fixed_size
SELECT pg_temp.put('hfix', 'j9', 'body9', jsonb_build_object('mode', 2, 'batch_id', core.b64u(sha256('batch')))) \g /dev/null
SELECT is(pg_temp.end(pg_temp.h('j9'), pg_temp.commit(pg_temp.uids(1, 3), sha256('other'), 'accepted', '{"response_b64": "AQID"}')), 'failed INTERNAL', 'another batch than the job''s');
SELECT pg_temp.put('hfix', 'j9', 'body9', jsonb_build_object('mode', 2, 'batch_id', core.b64u(sha256('batch')))) \g /dev/null
SELECT is(pg_temp.end(pg_temp.h('j9'), pg_temp.commit(pg_temp.uids(1, 3), sha256('batch'), 'accepted', '{"response_b64": "AQID"}')), 'completed', 'its own');

-- a job of as many buckets as a frame carries commits within the time that a turn has
SELECT pg_temp.task('hwide', 'helper', 'time_interval'), pg_temp.put('hwide', 'wide', 'wide') \g /dev/null
SELECT jsonb_build_array(jsonb_build_object('op', 'agg_commit', 'response_b64', 'AQID',
  'outcomes', jsonb_agg(jsonb_build_object('id', core.id16_text(u), 'word', 'accepted', 'bucket', core.b64(b), 'time', 200000 + 100 * i)),
  'parts', jsonb_agg(jsonb_build_object('bucket', core.b64(b), 'sealed_share', 'AQID', 'count', 1, 'checksum', encode(sha256(uuid_send(u)), 'hex'), 't_min', i, 't_max', i) ORDER BY i DESC))) AS wide
  FROM (SELECT i, pg_temp.uid('wide' || i) AS u, int8send(200000 + 100 * i) AS b FROM generate_series(1, 7500) i) x \gset
SET LOCAL statement_timeout = '10s';
SELECT is(pg_temp.end(pg_temp.h('wide'), jsonb_set(:'wide', '{0,parts,7000,bucket}', '"AAAAAAAAAGQ="')), 'failed INTERNAL', 'one sum of 7,500 is of another bucket');
SELECT pg_temp.put('hwide', 'wide', 'wide') \g /dev/null
SELECT is(pg_temp.end(pg_temp.h('wide'), :'wide'), 'completed', '7,500 buckets are one commit');
RESET statement_timeout;
SELECT is((SELECT (count(*), bool_and(p.t_min = (core.agg_bucket_first(p.bucket) - 200000) / 100))::text FROM core.agg_part p JOIN core.agg_job j USING (job_no) WHERE j.job_id = pg_temp.uid('wide')),
  '(7500,t)', 'each with its sum');
-- an operator gives a job up
SELECT pg_temp.tid('fixed') AS fixed \gset
SET LOCAL ROLE darkroom_operator;
SELECT api.agg_job_abandon(task, job) AS said, state AS was FROM ops.aggregate_job WHERE task = :'fixed' AND reports = 10 \gset
RESET ROLE;
SELECT is(:'was' || ' ' || :'said', 'new given back', 'that was not sent, by the ids that the view shows');
SELECT is((SELECT (state, problem, age_s < 60, finished_at IS NOT NULL)::text FROM ops.aggregate_job WHERE task = :'fixed' AND reports = 10), '(failed,abandoned,t,t)', 'which shows what became of it');
SELECT is((SELECT count(*) FROM core.agg_stored WHERE task_no = pg_temp.no('fixed')), 10::bigint, 'its reports wait again');
UPDATE core.agg_job SET state = 'sent' WHERE task_no = pg_temp.no('fixed') AND n = 20;
SELECT is(api.agg_job_abandon(pg_temp.tid('fixed'), core.id16_text((SELECT job_id FROM core.agg_job WHERE task_no = pg_temp.no('fixed') AND n = 20))), 'diverged', 'that was');
SELECT is((SELECT b.state FROM core.agg_bucket b JOIN core.agg_job j USING (task_no, bucket) WHERE j.task_no = pg_temp.no('fixed') AND n = 20), 'diverged', 'its batch is not to be trusted');
SELECT is((SELECT count(*) FROM core.agg_job j JOIN core.job_state(j.queue_id) s ON s.state <> 'cancelled' WHERE j.task_no = pg_temp.no('fixed')), 0::bigint, 'and nothing of it runs');
SELECT is((SELECT (b.state, b.short)::text FROM core.agg_batch b JOIN core.agg_job j ON (j.task_no, j.bucket) = (b.task_no, b.batch_id) WHERE j.task_no = pg_temp.no('fixed') AND n = 20), '(collected,f)', 'nor does it take more reports, or keep another from being given out');
-- of time_interval
SELECT pg_temp.up('lead', 9001, 9012, 20000), pg_temp.batch() \g /dev/null
UPDATE core.agg_job SET state = 'sent' WHERE task_no = pg_temp.no('lead') AND bucket = int8send(20000);
SELECT is((SELECT api.agg_job_abandon(pg_temp.tid('lead'), core.id16_text(job_id)) FROM core.agg_job WHERE task_no = pg_temp.no('lead') AND bucket = int8send(20000)), 'diverged', 'a bucket of time diverged');
SELECT is((SELECT string_agg(pg_temp.says(a), ' ') FROM unnest('{19999,20000,20099,20100}'::bigint[]) WITH ORDINALITY u(t, n), pg_temp.up('lead', 9020 + n::int, 9020 + n::int, t) a),
  '201 reportRejected reportRejected 201', 'clients hear that it takes no reports');
CREATE FUNCTION pg_temp.ask_for(p_id text, p_start bigint, p_duration bigint) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.says(api.dap_collect_put(pg_temp.dap('collector'), pg_temp.req('lead', jsonb_build_object('mode', 1, 'start', p_start, 'duration', p_duration, 'request_b64', 'AA==',
     'digest', pg_temp.hex(p_id), 'collection_id', pg_temp.id(p_id))))) $$;
SELECT is(pg_temp.ask_for('d1', 20000, 100) || ' ' || pg_temp.ask_for('d2', 19000, 2000), 'batchMismatch batchMismatch', 'nor is it collected, alone or with others');
SELECT is(pg_temp.ask_for('d3', 19900, 100) || ' ' || pg_temp.ask_for('d4', 20100, 1000), '201 201', 'those beside it are');
-- in an interval that is asked for
SELECT pg_temp.up('lead', 9031, 9042, 20200), pg_temp.batch() \g /dev/null
UPDATE core.agg_job SET state = 'sent' WHERE task_no = pg_temp.no('lead') AND bucket = int8send(20200);
SELECT api.agg_job_abandon(pg_temp.tid('lead'), core.id16_text(job_id)) FROM core.agg_job WHERE task_no = pg_temp.no('lead') AND bucket = int8send(20200) \g /dev/null
SELECT is((SELECT (first, past, state)::text FROM core.agg_span WHERE task_no = pg_temp.no('lead') AND first <= 20200 ORDER BY first DESC LIMIT 1), '(20100,21100,waiting)', 'one in an interval closes with that');
SELECT api.dap_collect_remove(pg_temp.dap('collector'), pg_temp.req('lead', jsonb_build_object('collection_id', pg_temp.id('d4')))) \g /dev/null
SELECT is((SELECT array_agg((first, past, state) ORDER BY first)::text FROM core.agg_span WHERE task_no = pg_temp.no('lead') AND first >= 20000), '{"(20000,20100,collected)","(20200,20300,collected)"}', 'and alone if that is given up');
SET LOCAL ROLE darkroom_worker;
SELECT throws_ok('SELECT api.agg_job_abandon(NULL, NULL)', '42501', NULL, 'no worker does that');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
