-- Tasks of the aggregate service, keys, uploads, segments.
BEGIN;
\ir agg.psql
-- tasks
SELECT is(pg_temp.says(pg_temp.task('lead', 'leader', 'time_interval')), '200', 'the same task again');
SELECT is(pg_temp.says(pg_temp.task('lead', 'leader', 'time_interval', '09', '{"min_batch_size": 4}')), 'CONFLICT', 'another under its id');
SELECT is(pg_temp.says(pg_temp.task('t', 'helper', 'fixed_size')), '201', 'a new one');
SELECT is((api.agg_task_show(pg_temp.auth(), jsonb_build_object('task_id', pg_temp.tid('lead')))).body - '{created_at,state}'::text[], (SELECT spec FROM core.agg_task WHERE task_no = pg_temp.no('lead')), 'as it was given');
SELECT ok(NOT (api.agg_task_show(pg_temp.auth(), jsonb_build_object('task_id', pg_temp.tid('lead')))).body::text ~ 'sealed|token|secret', 'and no secret');
SELECT is(pg_temp.says(api.agg_task_show(pg_temp.auth(), jsonb_build_object('task_id', pg_temp.tid('none')))), 'NOT_FOUND', 'none');
SELECT is(pg_temp.says(api.agg_task_show(pg_temp.auth('ann'), jsonb_build_object('task_id', pg_temp.tid('lead')))), 'FORBIDDEN', 'operators only');
SELECT is(pg_temp.says(api.agg_task_add(pg_temp.auth('ann'), '{}')), 'FORBIDDEN', 'to make one');
SELECT is(pg_temp.says(api.agg_task_remove(pg_temp.auth('ann'), jsonb_build_object('task_id', pg_temp.tid('lead')))), 'FORBIDDEN', 'to remove one');
SELECT is(jsonb_array_length((api.agg_task_list(pg_temp.auth(), '{"limit": 3}')).body -> 'data'), 3, 'a page');
SELECT is(jsonb_array_length((api.agg_task_list(pg_temp.auth(), jsonb_build_object('cursor', (api.agg_task_list(pg_temp.auth(), '{"limit": 3}')).body -> 'nextCursor'))).body -> 'data'), 5, 'and the rest');

-- keys
SELECT is((api.dap_hpke_config('{"mode": "none"}', '{"profile": "09"}')).extra -> 'configs', jsonb_build_array(pg_temp.b64('config')), 'the key that is served');
SELECT is(pg_temp.says(api.dap_hpke_config('{"mode": "none"}', pg_temp.req('none'))), 'unrecognizedTask', 'for a task that is known');
INSERT INTO core.agg_hpke_key (config_id, config, sealed, active_at, expires_at, gone_at) VALUES (8, 'old', 's', '2020-01-01', '2020-02-01', clock_timestamp() + interval '1 h'),
  (9, 'gone', 's', '2020-01-01', '2020-02-01', '2020-03-01'), (10, 'pending', 's', clock_timestamp() + interval '1 h', NULL, NULL);
SELECT is((api.dap_hpke_config('{"mode": "none"}', pg_temp.req('lead'))).extra -> 'configs', jsonb_build_array(pg_temp.b64('config')), 'none that expired or is to come');

-- uploads, profile 09
SELECT is(pg_temp.says(a), '201', 'taken') FROM pg_temp.up('lead', 1, 3, 1000) a;
SELECT is(pg_temp.says(a), '201', 'a repeat is taken') FROM pg_temp.up('lead', 3, 3, 1000) a;
SELECT is((SELECT count(*) FROM core.agg_report), 3::bigint, 'and changes nothing');
SELECT is((SELECT array_agg(DISTINCT (bucket, length)) FROM core.agg_stored)::text, '{"(1000,6)"}', 'they wait in their bucket');
SELECT is(pg_temp.says(a), 'unrecognizedTask', 'no such task') FROM pg_temp.up('none', 1, 1, 1000) a;
SELECT is(pg_temp.says(a), 'unrecognizedTask', 'a helper takes none') FROM pg_temp.up('help', 1, 1, 1000) a;
SELECT is(pg_temp.says(a), 'reportTooEarly', 'a clock that is ahead') FROM pg_temp.up('lead', 9, 9, core.agg_now() + 200) a;
SELECT is(pg_temp.says(a), '201', 'within the skew') FROM pg_temp.up('lead', 4, 4, core.agg_now() + 100) a;
SELECT is(pg_temp.says(a), 'outdatedConfig', 'a key that is gone') FROM pg_temp.up('lead', 9, 9, 1000, '{"config_id": 9}') a;
SELECT is(pg_temp.says(a), 'outdatedConfig', 'or never was') FROM pg_temp.up('lead', 9, 9, 1000, '{"config_id": 99}') a;
SELECT is(pg_temp.says(a), '201', 'one that expired still opens') FROM pg_temp.up('lead', 5, 5, 1000, '{"config_id": 8}') a;
SELECT is(pg_temp.says(a), 'reportRejected', 'after the end of the task') FROM pg_temp.up('lead', 9, 9, 4000000000) a;
UPDATE core.agg_task SET kept_from = 500 WHERE task_no = pg_temp.no('lead');
SELECT is(pg_temp.says(a), 'reportRejected', 'older than what is kept') FROM pg_temp.up('lead', 9, 9, 400) a;
INSERT INTO core.agg_span VALUES (pg_temp.no('lead'), 2000, 2300, 'closing'), (pg_temp.no('lead'), 3000, 3100, 'waiting');
SELECT is((SELECT string_agg(pg_temp.says(a), ' ') FROM unnest('{1999,2000,2299,2300,3000}'::int[]) WITH ORDINALITY t(x, n) CROSS JOIN LATERAL pg_temp.up('lead', 20 + n::int, 20 + n::int, x) a),
  '201 reportRejected reportRejected 201 201', 'a batch that is closing takes none');
UPDATE core.agg_span SET state = 'collected', first = 1000, past = 1100 WHERE state = 'closing';
SELECT is(pg_temp.says(a), '201', 'what is here stays taken') FROM pg_temp.up('lead', 1, 1, 1000) a;
SELECT is(pg_temp.says(a), 'reportRejected', 'nothing new is') FROM pg_temp.up('lead', 9, 9, 1000) a;
SELECT is((api.agg_task_counters(pg_temp.auth(), jsonb_build_object('task_id', pg_temp.tid('lead')))).body,
  '{"upload": {"stored": 8, "repeated": 2, "report_too_early": 1, "outdated_config": 2, "task_expired": 1, "report_dropped": 1, "batch_collected": 3}, "aggregate": {}}', 'all of it was counted');

-- a report that is longer than those of its task
SELECT pg_temp.task('small', 'leader', 'time_interval'), pg_temp.task('small18', 'leader', 'time_interval', '18') \g /dev/null
UPDATE core.agg_task SET report_max_bytes = 6 WHERE task_id IN (sha256('small'), sha256('small18'));
SELECT is((SELECT string_agg(pg_temp.says(a), ' ') FROM unnest('{AAAAAAAA,AAAAAAAAAA==}'::text[]) WITH ORDINALITY t(x, n) CROSS JOIN LATERAL pg_temp.up('small', n::int, n::int, 1000, jsonb_build_object('bytes_b64', x)) a),
  '201 reportRejected', 'is not one');
SELECT is((SELECT a.extra #>> '{errors,0,word}' FROM pg_temp.up('small18', 1, 1, 10, '{"bytes_b64": "AAAAAAAAAA=="}') a), 'invalid_message', 'in either profile');
SELECT is(a.extra #>> '{errors,0,word}', 'invalid_message', 'nor in a segment') FROM pg_temp.up('small18', 2, 2, 10, jsonb_build_object('segment',
  (api.dap_segment('{"mode": "none"}', '{"host": "h", "folder": "/s"}')).extra ->> 'segment', 'offset', 0, 'length', 7) || '{"bytes_b64": null}') a;
SELECT is((api.agg_task_counters(pg_temp.auth(), jsonb_build_object('task_id', pg_temp.tid('small')))).body -> 'upload', '{"stored": 1, "invalid_message": 1}', 'and is counted');

-- profile 18: some are taken, some not
SELECT is((SELECT string_agg((a.status, a.extra -> 'errors' -> 0 -> 'word')::text, ' ') FROM pg_temp.upload(ARRAY[pg_temp.req('lead18', jsonb_build_object('reports', jsonb_build_array(
    jsonb_build_object('id', pg_temp.id('a'), 'time', 10, 'config_id', 7, 'bytes_b64', 'AAAA'), jsonb_build_object('id', pg_temp.id('b'), 'time', 1000, 'config_id', 99, 'bytes_b64', 'AAAA'),
    jsonb_build_object('id', pg_temp.id('a'), 'time', 1000, 'config_id', 7, 'bytes_b64', 'AAAA'))))]) a), '(200,"""outdated_config""")', 'an error for one of three');
SELECT is((SELECT array_agg(time) FROM core.agg_report WHERE task_no = pg_temp.no('lead18')), '{1000}', 'one is stored; time is counted in steps');
SELECT is((SELECT count(*) FROM pg_temp.up('lead', 30, 31, 1500) a WHERE a.status = 201), 2::bigint, 'a call each');

-- calls of several tasks in one set, some of which are refused
SELECT is((SELECT string_agg(concat(a.err, a.status, a.extra #>> '{errors,0,word}'), ' ') FROM pg_temp.upload(ARRAY(
    SELECT pg_temp.req(t, jsonb_build_object('reports', jsonb_build_array(jsonb_build_object('id', pg_temp.id('several' || n), 'time', 15, 'config_id', c, 'bytes_b64', 'AAAA'))))
      FROM unnest('{lead,lead18,none,lead18,fixed,help}'::text[], '{7,7,7,99,99,7}'::int[]) WITH ORDINALITY u(t, c, n) ORDER BY n)) a),
  'reportRejected 200 unrecognizedTask 200outdated_config outdatedConfig unrecognizedTask', 'tasks beside each other: each call has its own answer');
SELECT is((SELECT string_agg(concat(a.err, a.status), ' ') FROM pg_temp.upload(ARRAY[pg_temp.req('lead', jsonb_build_object('reports', jsonb_build_array(jsonb_build_object('id', pg_temp.id('s1'), 'time', 1500,
    'config_id', 7, 'bytes_b64', 'AAAA')))), pg_temp.req('lead', jsonb_build_object('profile', '18', 'reports', jsonb_build_array(jsonb_build_object('id', pg_temp.id('s2'), 'time', 1500, 'config_id', 7, 'bytes_b64', 'AAAA'))))]) a),
  '201 unrecognizedTask', 'a task is known in its own profile only');
SELECT is((SELECT array_agg(report_id ORDER BY report_id) FROM core.agg_report WHERE report_id = ANY (ARRAY(SELECT pg_temp.uid('several' || n) FROM generate_series(1, 6) n))), ARRAY[pg_temp.uid('several2')], 'and what was refused is not there');

-- segments
SELECT (api.dap_segment('{"mode": "none"}', '{"host": "h", "folder": "/s"}')).extra ->> 'segment' AS seg \gset
SELECT is(pg_temp.says(a), '201', 'a large one lies in a segment') FROM pg_temp.up('lead', 40, 40, 1500, jsonb_build_object('segment', :'seg', 'offset', 0, 'length', 5000) || '{"bytes_b64": null}') a;
SELECT is((SELECT (length, at, bytes IS NULL, segment IS NOT NULL)::text FROM core.agg_report WHERE report_id = pg_temp.uid('r40')), '(5000,0,t,t)', 'where it says');
SELECT is(pg_temp.says(api.dap_segment_full('{"mode": "none"}', jsonb_build_object('segment', :'seg', 'length', 5000))), '204', 'its process leaves it');
SELECT is(pg_temp.says(a), 'unavailable', 'it takes no more') FROM pg_temp.up('lead', 41, 41, 1500, jsonb_build_object('segment', :'seg', 'offset', 5000, 'length', 5000)) a;
SELECT is((SELECT count(*) FROM core.agg_report WHERE report_id = pg_temp.uid('r41')), 0::bigint, 'and nothing is stored');

-- times before there was a task
UPDATE core.setting SET value = '604800' WHERE name = 'agg_before_s';
SELECT pg_temp.task('young', 'leader', 'time_interval'), pg_temp.task('yhelp', 'helper', 'time_interval') \g /dev/null
SELECT is((SELECT string_agg(pg_temp.says(a), ' ') FROM unnest('{604900,604700,0}'::bigint[]) WITH ORDINALITY u(s, n), pg_temp.up('young', 60 + n::int, 60 + n::int, core.agg_now() - s) a),
  'reportRejected 201 201', 'a report may be a week older than its task');
SELECT pg_temp.put('yhelp', 'y', 'body') \g /dev/null
SELECT is(pg_temp.ask(pg_temp.run('y'), 'agg_seen', (SELECT jsonb_build_object('reports', jsonb_agg(jsonb_build_object('id', pg_temp.id('r' || s), 'bucket', core.b64(int8send(1000)), 'time', core.agg_now() - s)))
  FROM unnest('{604900,604700}'::bigint[]) s)) #> '{value,dropped}', '[]', 'a helper takes what its leader took');

-- removed
SELECT is(pg_temp.says(api.agg_task_remove(pg_temp.auth(), jsonb_build_object('task_id', pg_temp.tid('lead')))), '204', 'a task is removed');
SELECT is(pg_temp.says(a), 'unrecognizedTask', 'and takes no report') FROM pg_temp.up('lead', 50, 50, 1500) a;

-- roles
SELECT is((SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND p.proname ~ '^(agg_|dap_|segment_)'
  AND has_function_privilege('darkroom_worker', p.oid, 'EXECUTE')), 'segment_doomed segment_gone', 'what a worker may');
SELECT is((SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND p.proname ~ '^(agg_|dap_|segment_)'
  AND NOT has_function_privilege('darkroom_fcgi', p.oid, 'EXECUTE')), 'agg_job_abandon segment_doomed segment_gone', 'what a front may not');
SET LOCAL ROLE darkroom_fcgi;
SELECT throws_ok('SELECT FROM core.agg_report', '42501', NULL, 'a front reads no report');
RESET ROLE;
SET LOCAL ROLE darkroom_worker;
SELECT throws_ok('SELECT FROM core.agg_part', '42501', NULL, 'a worker reads no sum');
SELECT throws_ok('SELECT api.dap_upload(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)', '42501', NULL, 'and takes no upload');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
