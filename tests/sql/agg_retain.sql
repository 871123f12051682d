-- Keys, retention and what operators see of the aggregate service.
BEGIN;
\ir agg.psql
-- keys: pending, active, expired, gone
DELETE FROM core.agg_hpke_key; DELETE FROM core.worker;
SELECT is(core.rotate_spec('{}'), NULL, 'nobody can make a key');
SELECT api.worker_join('h', 5, 'v', '{"agg": 9}', '{}') AS worker \gset
CREATE FUNCTION pg_temp.key(p_id int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v uuid := core.enqueue(210::smallint, 0, '{}'); v_due jsonb;
BEGIN
  PERFORM pg_temp.claim();
  v_due := pg_temp.ask(pg_temp.lease(v), 'agg_keys');
  RETURN v_due || pg_temp.end(pg_temp.lease(v), jsonb_build_array(jsonb_build_object('op', 'hpke_new', 'config_id', p_id, 'config', pg_temp.b64('c' || p_id), 'sealed_key', 'AA==')));
END $$;
CREATE FUNCTION pg_temp.keys() RETURNS text LANGUAGE sql AS $$ SELECT coalesce(string_agg(convert_from(decode(c, 'base64'), 'UTF8'), ' '), '')
  FROM jsonb_array_elements_text((api.dap_hpke_config('{"mode": "none"}', '{"profile": "09"}')).extra -> 'configs') c $$;
CREATE FUNCTION pg_temp.later(p text) RETURNS void LANGUAGE sql AS $$ UPDATE core.agg_hpke_key SET active_at = active_at - p::interval, expires_at = expires_at - p::interval, gone_at = gone_at - p::interval $$;
SELECT is(core.rotate_spec('{}'), '{}', 'a first key is due');
SELECT is(pg_temp.key(0), '{"value": {"due": [0]}}completed', 'it is made');
SELECT is(pg_temp.keys(), 'c0', 'and served at once');
SELECT is(core.rotate_spec('{}'), NULL, 'no other is due');
SELECT is(pg_temp.key(1), '{"value": {"due": []}}failed CONFLICT', 'nor taken');
SELECT pg_temp.later('30 days') \g /dev/null
SELECT is(pg_temp.key(1), '{"value": {"due": [1]}}completed', 'a month later');
SELECT is(pg_temp.keys(), 'c0', 'it is not served before others had time to learn of it');
SELECT is(core.rotate_spec('{}'), NULL, 'and is enough');
SELECT pg_temp.later('61 min') \g /dev/null
SELECT is(pg_temp.keys(), 'c1', 'then it is, and the old one is not');
SELECT is((SELECT string_agg(pg_temp.says(a), ' ') FROM generate_series(0, 2) i CROSS JOIN LATERAL pg_temp.up('lead', i, i, 1000, jsonb_build_object('config_id', i)) a), '201 201 outdatedConfig', 'which still opens');
SELECT pg_temp.later('49 hours') \g /dev/null
SELECT is((SELECT string_agg(pg_temp.says(a), ' ') FROM generate_series(3, 3) i CROSS JOIN LATERAL pg_temp.up('lead', i, i, 1000, '{"config_id": 0}') a), 'outdatedConfig', 'for two days');
-- what was stored in its time is opened later, too
CREATE FUNCTION pg_temp.opens(p_task text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE l core.lease;
BEGIN
  PERFORM pg_temp.claim();
  SELECT x.* INTO l FROM core.lease x JOIN core.agg_job j ON j.queue_id = x.id WHERE j.task_no = pg_temp.no(p_task) ORDER BY j.job_no DESC LIMIT 1;
  RETURN pg_temp.ask(l, 'hpke_key', '{"config_id": 0}') #>> '{value,sealed_at,id}';
END $$;
UPDATE core.agg_stored SET at = at - interval '50 hours';
SELECT is(core.scrub_keys(), 0::bigint, 'a report of its time waits');
SELECT is(pg_temp.batch(), '2', 'its job is made after the end of the key');
SELECT is(core.scrub_keys(), 0::bigint, 'the job runs');
SELECT is(pg_temp.opens('lead'), '0', 'and opens it');
SELECT is(pg_temp.end(l, '[{"op": "agg_back", "problem": "invalidMessage"}]'), 'completed', 'its helper refuses') FROM core.lease l WHERE l.kind = 201;
SELECT is(core.scrub_keys(), 0::bigint, 'it waits again');
UPDATE core.agg_stored SET at = clock_timestamp() - interval '2 min';
SELECT pg_temp.batch(), pg_temp.claim() \g /dev/null
SELECT is(pg_temp.opens('lead'), '0', 'and is opened again');
SELECT is(pg_temp.end(l, pg_temp.commit(j.reports, j.bucket)), 'completed', 'it is settled') FROM core.lease l JOIN core.agg_job j ON j.queue_id = l.id;
SELECT is(core.scrub_keys(), 1::bigint, 'then the private half goes');
SELECT pg_temp.up('lead18', 900, 909, 10, '{"config_id": 1}'), pg_temp.batch() \g /dev/null
SELECT is(pg_temp.opens('lead18'), NULL, 'and opens nothing');
DELETE FROM core.agg_job; DELETE FROM core.ready; DELETE FROM core.lease; DELETE FROM core.agg_part; DELETE FROM core.agg_bucket; DELETE FROM core.agg_counter; DELETE FROM core.agg_report; DELETE FROM core.agg_peer;
INSERT INTO core.agg_hpke_key (config_id, config, sealed, active_at, expires_at, gone_at) SELECT i, 'x', 'x', '2020-01-01', '2020-01-02', clock_timestamp() + interval '1 day' FROM generate_series(2, 255) i;
SELECT pg_temp.later('30 days') \g /dev/null
UPDATE core.agg_hpke_key SET gone_at = clock_timestamp() + interval '1 day' WHERE config_id > 1;
SELECT is(core.agg_key_due(), 0::smallint, 'an id comes again when its key is gone');
UPDATE core.agg_hpke_key SET sealed = 'x' WHERE config_id = 0;
SELECT is(core.agg_key_due(), NULL, 'and not while that opens reports');
UPDATE core.agg_hpke_key SET sealed = NULL WHERE config_id = 0;

-- what operators see
SELECT pg_temp.up('lead', 100, 111, 1000, '{"config_id": 1}'), pg_temp.up('lead', 120, 122, 2000, '{"config_id": 1}'), pg_temp.up('lead', 130, 131, 1000, '{"config_id": 0}') \g /dev/null
SELECT pg_temp.batch() \g /dev/null
SELECT is((SELECT (role, mode, state, waiting, jobs, in_jobs, stored, aggregated, refused, rejected, buckets_open, collections)::text FROM ops.aggregate_task WHERE task = pg_temp.tid('lead')),
  '(leader,time_interval,open,3,1,12,15,0,"{""outdated_config"": 2}",{},1,0)', 'a task');
SELECT pg_temp.claim() \g /dev/null
SELECT pg_temp.end(l, '[{"op": "agg_wait", "error": "refused", "latency_ms": 40}]', '{"state": "waiting", "wait_ms": 1}') FROM core.lease l WHERE kind = 201 \g /dev/null
SELECT is((SELECT (peer, answers, retries, last_error)::text FROM ops.aggregate_peer), '(http://h/,0,1,refused)', 'its peer');
SELECT is((SELECT (v.job = core.id16_text(j.job_id), v.role, v.bucket, v.state, v.reports, v.tries, v.run = j.queue_id::text)::text FROM ops.aggregate_job v, core.agg_job j), '(t,leader,1000,new,12,1,t)', 'its job');
SELECT is((SELECT string_agg(name || labels || ' ' || value, ', ' ORDER BY name, labels) FROM api.node_metrics() WHERE name ~ 'aggregate' AND name !~ 'oldest'),
  'darkroom_aggregate_buckets_diverged 0, darkroom_aggregate_collections 0, darkroom_aggregate_jobsstate="new" 1, darkroom_aggregate_jobsstate="sent" 0, '
  || 'darkroom_aggregate_reports_totalstage="upload",word="outdated_config" 2, darkroom_aggregate_reports_totalstage="upload",word="stored" 15, darkroom_aggregate_waiting_reports 3', 'metrics');

INSERT INTO core.prio_run VALUES ('a', '2026-01-01', 'waiting_peer', NULL, 2, gen_random_uuid(), NULL, clock_timestamp(), clock_timestamp());
INSERT INTO core.prio_part VALUES ('a', '2026-01-01', 'b', 'b/2026-01-01', 'waiting_peer', 'verify1', 'external/verify1', NULL, NULL, '{"accepted": 3}');
SELECT is((SELECT jsonb_build_array(jsonb_array_length(a.body -> 'tasks'), jsonb_array_length(a.body -> 'peers'), a.body #>> '{jobs,0,reports}', a.body #>> '{runs,0,waits_for}', a.body #> '{runs,0,outcomes}', a.body #>> '{runs,0,tries}')
  FROM api.agg_status(pg_temp.auth(), '{}') a), (SELECT jsonb_build_array(count(*), 1, '12', 'external/verify1', '{"accepted": 3}'::jsonb, '2') FROM core.agg_task), 'and all of it in one answer');

-- segments
SELECT (api.dap_segment('{"mode": "none"}', '{"host": "h", "folder": "/s"}')).extra ->> 'segment' AS seg \gset
SELECT pg_temp.up('lead', 200, 211, 3000, jsonb_build_object('segment', :'seg', 'offset', 0, 'length', 50, 'config_id', 1) || '{"bytes_b64": null}') \g /dev/null
SELECT is(core.scrub_segments(), 0::bigint, 'an open segment stays');
UPDATE core.agg_segment SET made_at = made_at - interval '11 min';
SELECT core.scrub_segments() \g /dev/null
SELECT is((SELECT state FROM core.agg_segment), 'full', 'one that was forgotten is full');
UPDATE core.agg_segment SET full_at = full_at - interval '6 min';
SELECT core.scrub_segments() \g /dev/null
SELECT is((SELECT state || (job IS NOT NULL)::text FROM core.agg_segment), 'fulltrue', 'one that lives long moves');
SELECT core.scrub_segments() \g /dev/null
SELECT is((SELECT count(*)::text FROM core.ready WHERE kind = 215), '1', 'once');
SELECT api.job_turn(:worker, 10::smallint, '{}', '{}', NULL, 9, -1) \g /dev/null
SELECT is(api.job_open(l.id, l.token) - 'now', jsonb_build_object('tenant', '', 'segment', jsonb_build_object('segment', :'seg'), 'files', jsonb_build_array(jsonb_build_object('name', :'seg', 'segment', :'seg', 'path', '/s/' || :'seg'))), 'what the job stands on')
  FROM core.lease l WHERE l.lane = 10;
SELECT is(pg_temp.end(l, jsonb_build_array(jsonb_build_object('op', 'segment_sealed', 'segment', :'seg', 'sha256', pg_temp.hex('seg'), 'size', 3)), jsonb_build_object('files', jsonb_build_array(jsonb_build_object('class', 'segment',
  'name', 'x', 'sha256', pg_temp.hex('seg'), 'size', 3, 'store', 'pg', 'data_b64', pg_temp.b64('seg'))))), 'completed', 'it is a blob') FROM core.lease l WHERE l.lane = 10;
SELECT is(core.blob_used(sha256('seg')), true, 'which stays');
UPDATE core.agg_segment SET full_at = full_at - interval '5 min';
SELECT is((SELECT path FROM api.segment_doomed('h', 9)), '/s/' || :'seg', 'its file goes');
SELECT is((SELECT count(*) FROM api.segment_doomed('other', 9)), 0::bigint, 'from its host');
SELECT api.segment_gone(ARRAY[:'seg'::uuid]) \g /dev/null
SELECT is((SELECT count(*) FROM api.segment_doomed('h', 9)), 0::bigint, 'once');
SELECT pg_temp.batch(), pg_temp.claim() \g /dev/null
SELECT is(api.job_open(l.id, l.token) #>> '{files,0,data_b64}', pg_temp.b64('seg'), 'a job is given the blob') FROM core.lease l JOIN core.agg_job j ON j.queue_id = l.id WHERE j.bucket = int8send(3000);
SELECT is(pg_temp.end(l, pg_temp.commit(j.reports, j.bucket)), 'completed', 'its reports are settled') FROM core.lease l JOIN core.agg_job j ON j.queue_id = l.id WHERE j.bucket = int8send(3000);
SELECT core.scrub_segments() \g /dev/null
SELECT is((SELECT count(*)::text FROM core.agg_segment), '0', 'so the segment goes');
SELECT is(core.blob_used(sha256('seg')), false, 'and the blob');

-- many that stay are in nobody's way
INSERT INTO core.agg_segment (host, folder, state, length, full_at) SELECT 'h', '/s', 'full', 10, clock_timestamp() - interval '2 min' FROM generate_series(1, 252);
INSERT INTO core.agg_report (task_no, report_id, time, segment, at, length)
SELECT pg_temp.no('help'), gen_random_uuid(), core.agg_now(), x.serial, 0, 10 FROM (SELECT serial FROM core.agg_segment ORDER BY serial LIMIT 251) x;
SELECT is(core.scrub_segments(), 1::bigint, 'one behind 251 live ones goes');
UPDATE core.agg_segment SET full_at = full_at - interval '1 h', sha256 = NULL WHERE state = 'full';
SELECT is(core.scrub_segments() + core.scrub_segments(), 251::bigint, 'all of them move');
SELECT is((SELECT count(*) FROM core.agg_segment WHERE state = 'full' AND job IS NULL), 0::bigint, 'none is left');
DELETE FROM core.agg_report WHERE segment IS NOT NULL; DELETE FROM core.agg_segment; DELETE FROM core.ready WHERE kind = 215;

-- a helper's answers
SELECT pg_temp.put('help', 'j1', 'b1') \g /dev/null
SELECT pg_temp.end(pg_temp.run('j1'), pg_temp.commit(pg_temp.uids(1, 5), int8send(1000), 'accepted', '{"response_b64": "AQID"}')) \g /dev/null
SELECT is(core.scrub_answers(), 0::bigint, 'an answer is kept');
UPDATE core.agg_job SET finished_at = finished_at - interval '8 days';
SELECT is(core.scrub_answers(), 1::bigint, 'for a week');
SELECT is(pg_temp.says(pg_temp.put('help', 'j1', 'b1')), 'unavailable', 'then its leader is too late, and not told that there is no such job');

-- a task that is over goes with all it has; each part of retention has jobs of its own, in turns, as cron makes them
CREATE FUNCTION pg_temp.scrub() RETURNS text LANGUAGE plpgsql AS $$
DECLARE v jsonb; v_bad text := '';
BEGIN
  UPDATE core.agg_scrub SET looked_at = '-infinity';
  FOR i IN 1 .. 999 LOOP
    v := core.scrub_spec('{}');
    EXIT WHEN v IS NULL;
    BEGIN
      PERFORM core.scrub_step(NULL, v);
    EXCEPTION WHEN raise_exception THEN
      v_bad := v_bad || (v ->> 'of');
    END;
  END LOOP;
  RETURN v_bad;
END $$;
CREATE FUNCTION pg_temp.left(p_over boolean) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(*) FROM (SELECT task_no FROM core.agg_task UNION ALL SELECT task_no FROM core.agg_report UNION ALL SELECT task_no FROM core.agg_stored UNION ALL SELECT task_no FROM core.agg_job
     UNION ALL SELECT task_no FROM core.agg_part UNION ALL SELECT task_no FROM core.agg_bucket UNION ALL SELECT task_no FROM core.agg_batch UNION ALL SELECT task_no FROM core.agg_counter
     UNION ALL SELECT task_no FROM core.agg_collection UNION ALL SELECT task_no FROM core.agg_span UNION ALL SELECT task_no FROM core.agg_peer) x WHERE (x.task_no <> pg_temp.no('help')) = p_over $$;
SELECT is(pg_temp.scrub(), '', 'a round of retention');
SELECT is((SELECT count(*) FROM core.agg_task t WHERE t.over IS NOT NULL), 0::bigint, 'no task is over');
SELECT is(core.scrub_spec('{}'), NULL, 'and for a minute there is no other round');
SELECT api.dap_collect_put(pg_temp.dap('collector'), pg_temp.req('lead', '{"digest": "00", "request_b64": "", "mode": 1, "start": 1000, "duration": 100}' || jsonb_build_object('collection_id', pg_temp.id('c')))) \g /dev/null
SELECT is((SELECT (task = pg_temp.tid('lead'), role, collection, batch, state, sent, tries)::text FROM ops.aggregate_collection), format('(t,leader,%s,1000/100,waiting,f,0)', pg_temp.id('c')), 'operators see a collection that waits');
SELECT is((SELECT a.body #>> '{collections,0,batch}' FROM api.agg_status(pg_temp.auth(), '{}') a), '1000/100', 'also by the API');
SELECT pg_temp.up('lead18', 400, 409, 20, '{"config_id": 1}'), pg_temp.up('fixed', 400, 429, 1000, '{"config_id": 1}'), pg_temp.batch(), pg_temp.claim() \g /dev/null
INSERT INTO core.agg_report (task_no, report_id, time, state, bytes) SELECT pg_temp.no(n), gen_random_uuid(), 1000, 'd', decode(repeat('00', 1000), 'hex') FROM unnest('{lead,help,hfix}'::text[]) n, generate_series(1, 2500);
SELECT * FROM core.lease l WHERE l.kind = 201 ORDER BY l.id LIMIT 1 \gset run_
SELECT pg_temp.left(false) AS stays \gset
UPDATE core.agg_task SET expires_at = core.agg_now() - 1001 WHERE task_no <> pg_temp.no('help');
SELECT is(pg_temp.says(api.dap_check(pg_temp.dap('leader'), pg_temp.req('hfix'))), 'unrecognizedTask', 'one that is over is not known any more');
SELECT is(pg_temp.end(l, pg_temp.commit(j.reports, j.bucket)), 'failed CANCELLED', 'nor is anything written of it') FROM core.lease l JOIN core.agg_job j ON j.queue_id = l.id WHERE l.id = :'run_id';
SELECT is((SELECT count(*) FROM core.agg_job j JOIN core.later x ON x.id = j.queue_id WHERE j.task_no = (SELECT j.task_no FROM core.agg_job j WHERE j.queue_id = :'run_id')), 0::bigint, 'and its job does not run again');
CREATE OR REPLACE FUNCTION core.scrub_segments() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
SELECT is(concat_ws(',', pg_temp.scrub(), pg_temp.scrub(), pg_temp.scrub()), 'segments,segments,segments', 'a part of retention that fails');
SELECT is(pg_temp.left(true), 0::bigint, 'undoes nothing of the others: tasks that are over go');
SELECT is(pg_temp.left(false), :stays::bigint, 'the one that is not has all it had');
SELECT is((SELECT (p.tasks, p.part, p.block)::text FROM core.agg_pass p), '({},0,0)', 'the pass over the reports has ended');
SELECT is((SELECT count(*) FROM core.ready WHERE kind IN (200, 201, 202)) + (SELECT count(*) FROM core.later) + (SELECT count(*) FROM core.lease WHERE kind <> 200), 0::bigint, 'and nothing of them runs');
SELECT * FROM finish();
ROLLBACK;
