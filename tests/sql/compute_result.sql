-- compute_result, _show, _list, _cancel: what consumer, owner, operator and
-- stranger see in every phase; the three words of status.
BEGIN;
\ir compute.psql
-- the one table of public words
SELECT is(core.public_status(s, p, r, rel, code)::text, w, concat_ws(' ', s, p, r, rel, code)) FROM (VALUES
  ('queued', NULL, NULL, 'none', NULL, '(pending,queued,)'),
  ('later', NULL, 'retry', 'none', NULL, '(pending,queued,)'),
  ('running', 'starting', NULL, 'none', NULL, '(pending,starting,)'),
  ('running', 'running', NULL, 'none', NULL, '(pending,running,)'),
  ('running', 'collecting', NULL, 'none', NULL, '(pending,collecting,)'),
  ('completed', NULL, NULL, 'staged', NULL, '(pending,in_review,)'),
  ('completed', NULL, NULL, 'released', NULL, '(completed,released,)'),
  ('completed', NULL, NULL, 'purged', NULL, '(completed,purged,)'),
  ('completed', NULL, NULL, 'withheld', NULL, '(failed,withheld,OUTPUT_WITHHELD)'),
  ('completed', NULL, NULL, 'withheld', 'LEASE_REVOKED', '(failed,withheld,LEASE_REVOKED)'),
  ('failed', NULL, 'OOM', 'none', NULL, '(failed,failed,OOM)'),
  ('failed', NULL, NULL, 'staged', NULL, '(failed,failed,INTERNAL)'),
  ('cancelled', NULL, 'CANCELLED', 'none', NULL, '(failed,cancelled,CANCELLED)'),
  ('dead', NULL, 'QUARANTINED', 'none', NULL, '(failed,quarantined,QUARANTINED)'),
  (NULL, NULL, NULL, 'none', NULL, '(pending,queued,)')) t (s, p, r, rel, code, w);
SELECT is((SELECT count(*) FROM core.reason WHERE service = 'compute' AND code ~ '^[A-Z_]+$' AND says <> '' AND hint <> ''), 30::bigint, 'thirty reasons, each with words');

-- queued
UPDATE core.lane SET paused = true WHERE name = 'compute';
SELECT pg_temp.start() AS a, pg_temp.start() AS b \gset
SELECT pg_temp.start('{"label": "x"}') AS p \gset
SELECT is(r.body - ARRAY['created_at', 'updated_at', 'computation_id'], '{"status": "pending", "phase": "queued", "queue_position": 2, "wait_reason": "lane_paused", "priority": 0, "attempt": 0, "label": "x"}', 'queued')
  FROM pg_temp.result(:'p') r;
SELECT matches(r.body ->> 'created_at', '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$', 'times as promised') FROM pg_temp.result(:'p') r;
SELECT is(r.extra - ARRAY['rate', 'etag'], jsonb_build_object('final', false, 'wait_id', m.job_id), 'what to wait for')
  FROM pg_temp.result(:'p') r, core.computation m WHERE m.public_id = :'p';
SELECT r.extra ->> 'etag' AS etag FROM pg_temp.result(:'p') r \gset
SELECT is(pg_temp.says(api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'a'))), '200', 'one before it goes');
SELECT is((SELECT (r.body -> 'queue_position', r.extra ->> 'etag' = :'etag')::text FROM pg_temp.result(:'p') r), '(1,t)', 'the position falls, the etag stays');
UPDATE core.lane SET paused = false;
SELECT is((SELECT r.body ->> 'wait_reason' FROM pg_temp.result(:'p') r), 'no_free_runner', 'why it waits');
UPDATE core.setting SET value = 'true' WHERE name = 'maintenance';
SELECT is((SELECT r.body ->> 'wait_reason' FROM pg_temp.result(:'p') r), 'maintenance', 'maintenance');
UPDATE core.setting SET value = 'false' WHERE name = 'maintenance';
UPDATE core.principal SET max_running = 0 WHERE name = 'con';
SELECT is((SELECT r.body ->> 'wait_reason' FROM pg_temp.result(:'p') r), 'fair_share', 'its own share');
UPDATE core.principal SET max_running = NULL;

-- strangers
SELECT is(pg_temp.result(:'p', 'con2')::text, pg_temp.result(gen_random_uuid(), 'con2')::text, 'a stranger''s is like an unknown one');
SELECT is(pg_temp.says(pg_temp.result(:'p', 'con2')), 'NOT_FOUND no such computation', 'not found');
SELECT is(pg_temp.says(pg_temp.result(:'p', 'own2')), 'NOT_FOUND no such computation', 'nor for another owner');
SELECT is(pg_temp.says(api.compute_cancel(pg_temp.auth('con2', 'job:cancel'), jsonb_build_object('id', :'p'))), 'NOT_FOUND no such computation', 'cancel');
SELECT is(pg_temp.says(api.compute_show(pg_temp.auth('con2', 'job:read', false), jsonb_build_object('id', :'p'))), 'NOT_FOUND no such computation', 'show');
SELECT is(pg_temp.says(api.compute_purge(pg_temp.auth('con2', 'job:cancel'), jsonb_build_object('id', :'p'))), 'NOT_FOUND no such computation', 'purge');
SELECT is(pg_temp.says(api.artifact_get(pg_temp.auth('con2', 'job:read', false), jsonb_build_object('id', :'p', 'name', 'm.bin'))), 'NOT_FOUND no such computation', 'artifact');
SELECT is(pg_temp.says(api.log_get(pg_temp.auth('con2', 'job:read', false), jsonb_build_object('id', :'p', 'stream', 'stdout'))), 'NOT_FOUND no such computation', 'log');

-- running
SELECT is(pg_temp.claim(), 2, 'claimed');
SELECT is(pg_temp.state(:'p'), 'pending running', 'running');
SELECT isnt((SELECT r.extra ->> 'etag' FROM pg_temp.result(:'p') r), :'etag', 'a change is another etag');
UPDATE core.lease SET usage = '{"cpu_ms": 1, "memory_bytes": 1}';
SELECT is((SELECT r.body -> 'usage' FROM pg_temp.result(:'p') r), '{"cpu_s": 1, "memory_peak_mb": 16}', 'live usage, rounded up');
SELECT is((SELECT r.body - ARRAY['created_at', 'updated_at', 'computation_id', 'started_at'] FROM pg_temp.result(:'p', 'op') r), '{"status": "pending", "phase": "running", "priority": 0, "attempt": 1}', 'an operator sees the state and no more');
SELECT is((SELECT r.body - ARRAY['created_at', 'updated_at', 'computation_id', 'started_at'] FROM pg_temp.result(:'p', 'aud') r), '{"status": "pending", "phase": "running", "priority": 0, "attempt": 1}', 'so does an auditor');

-- completed
SELECT is(pg_temp.finish_job(:'p', pg_temp.good()), NULL, 'finished');
SELECT r.* FROM pg_temp.result(:'p') r \gset
SELECT is(:'body'::jsonb - ARRAY['created_at', 'updated_at', 'computation_id', 'started_at', 'finished_at', 'expires_at'],
  jsonb_build_object('status', 'completed', 'phase', 'released', 'priority', 0, 'attempt', 1, 'label', 'x', 'exit_code', 0, 'output_truncated', false,
    'usage', '{"wall_s": 2, "cpu_s": 1, "memory_peak_mb": 32}'::jsonb, 'artifact_meta', jsonb_build_array(jsonb_build_object(
      'name', 'm.bin', 'size', 5, 'sha256', encode(sha256('model'), 'hex'), 'media_type', 'text/plain', 'inline', true, 'state', 'released',
      'url', '/api/v1/privacy/results/' || core.comp_id(:'p') || '/artifacts/m.bin'))), 'completed');
SELECT is(:'extra'::jsonb -> 'results', jsonb_build_object('output', 'hello', 'artifacts', jsonb_build_object('m.bin', encode('model', 'base64'))), 'with its results');
SELECT is((:'extra'::jsonb -> 'final'), 'true', 'final');
SELECT is((SELECT r.extra #> '{results,artifacts}' FROM pg_temp.result(:'p', 'con', '{"artifacts": "none"}') r), '{}', 'without artifacts on demand');
SELECT is((SELECT outcome FROM core.done d JOIN core.computation m ON m.job_id = d.id WHERE m.public_id = :'p') ? 'files', false, 'bytes are not kept twice');
UPDATE core.setting SET value = '4' WHERE name = 'inline_max_bytes';
SELECT is((SELECT (r.body #> '{artifact_meta,0,inline}', r.extra #> '{results,artifacts}')::text FROM pg_temp.result(:'p') r), '(false,{})', 'too big to be inline');
SELECT is((SELECT (r.extra ? 'results', r.body ->> 'consumer', r.body ->> 'lease_id', r.body #>> '{artifact_meta,0,url}')::text FROM pg_temp.result(:'p', 'own') r), '(f,prn_con,L,)', 'the owner sees who and what, no results');
SELECT is((SELECT r.body ? 'artifact_meta' OR r.extra ? 'results' OR r.body ? 'usage' FROM pg_temp.result(:'p', 'op') r), false, 'the operator none of it');

-- the whole record
SELECT is((SELECT r.body -> 'request' FROM api.compute_show(pg_temp.auth(w, 'job:read', false), jsonb_build_object('id', :'p')) r),
  jsonb_build_object('lease_id', 'L', 'code', 'print(1)', 'code_sha256', encode(sha256('print(1)'), 'hex'), 'image', 'data', 'image_digest', 'sha256:' || repeat('a', 64),
    'priority', 0, 'label', 'x', 'queue_ttl_s', 86400, 'isolation', 'zygote', 'params', '{}'::jsonb, 'outputs', '[]'::jsonb,
    'limits', '{"cpus": 1, "pids": 128, "log_kb": 1024, "wall_s": 600, "disk_mb": 1024, "artifacts": 64, "memory_mb": 512, "output_mb": 256}'::jsonb,
    'inputs', '[{"asset_id": "d1", "variable_name": "x", "version": 1}]'::jsonb), 'the request, for ' || w) FROM unnest(ARRAY['con', 'own']) w;
SELECT is((SELECT r.body ? 'request' FROM api.compute_show(pg_temp.auth('op', 'job:read', false), jsonb_build_object('id', :'p')) r), false, 'not for an operator');
SELECT is((SELECT r.body -> 'id' = r.body -> 'computation_id' FROM api.compute_show(pg_temp.auth('con', 'job:read', false), jsonb_build_object('id', :'p')) r), true, 'its id');

-- failures: error lines
CREATE FUNCTION pg_temp.fail(p_reason text, p jsonb, p_who text DEFAULT 'con', p_req jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE v uuid := pg_temp.start(p_req);
BEGIN
  PERFORM pg_temp.finish_job(v, pg_temp.bad(p_reason, p));
  RETURN (SELECT concat_ws('|', r.body ->> 'status', r.body ->> 'reason_code', r.body ->> 'error') FROM pg_temp.result(v, p_who) r);
END $$;
SELECT is(pg_temp.fail(r, p::jsonb), 'failed|' || r || '|' || w, r) FROM (VALUES
  ('NONZERO_EXIT', '{"exit_code": 3}', 'exit code 3'),
  ('EXCEPTION', '{"error": {"type": "ValueError", "line": 12, "message": "bad row"}}', 'ValueError at line 12 of your script: bad row'),
  ('EXCEPTION', '{"error": {"type": "My.Err", "line": 12}}', 'My.Err at line 12 of your script'),
  ('EXCEPTION', '{"error": {"type": "a b\nc", "line": 12}}', 'Exception at line 12 of your script'),
  ('SIGNALLED', '{"signal": 11}', 'killed by signal 11'),
  ('OOM', '{"detail": {"memory_mb": 512}}', 'out of memory: limit 512 MB'),
  ('OOM', '{}', 'out of memory: limit ? MB'),
  ('TIMEOUT', '{"detail": {"wall_s": 600}}', 'wall time of 600 s reached'),
  ('OUTPUT_MISSING', '{"detail": {"name": "a.csv", "near": "b.csv"}}', 'declared output a.csv is missing'),
  ('INPUT_UNREADABLE', '{"detail": {"variable": "x", "kind": "csv"}}', 'input x could not be read as csv')) t (r, p, w);
SELECT is(pg_temp.fail('EXCEPTION', '{"error": {"type": "ValueError", "line": 1, "message": "SECRET"}}', 'con', '{"lease_id": "H", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}'),
  'failed|EXCEPTION|ValueError at line 1 of your script', 'held: the consumer gets no message');
SELECT is(pg_temp.fail('EXCEPTION', '{"error": {"type": "SECRET", "line": 1, "message": "SECRET"}}', 'con', '{"lease_id": "H", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}'),
  'failed|EXCEPTION|Exception at line 1 of your script', 'nor a type that the script made up');
SELECT is(pg_temp.fail('EXCEPTION', '{"error": {"type": "SECRET", "line": 1, "message": "SECRET"}}', 'own', '{"lease_id": "H", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}'),
  'failed|EXCEPTION|SECRET at line 1 of your script: SECRET', 'the owner gets all');
SELECT ok((SELECT NOT r.body ? 'artifact_meta' FROM pg_temp.result(m.public_id) r), 'a failed job has no artifacts for its consumer')
  FROM core.computation m JOIN core.done d ON d.id = m.job_id WHERE d.reason = 'OOM' LIMIT 1;

-- artifacts of a failed job are for its owner, its streams follow the release mode
SELECT pg_temp.start() AS f \gset
SELECT is(pg_temp.finish_job(:'f', pg_temp.bad('NONZERO_EXIT', pg_temp.good() - ARRAY['state'])), NULL, 'a failure with files');
SELECT is((SELECT jsonb_agg(jsonb_build_object(a.class, a.release_state) ORDER BY a.class) FROM core.artifact a JOIN core.computation m ON m.job_id = a.job_id WHERE m.public_id = :'f'),
  '[{"artifact": "withheld"}, {"combined": "released"}, {"stderr": "released"}, {"stdout": "released"}]', 'kept apart');

-- cancel, in any phase and twice
SELECT pg_temp.start() AS q, pg_temp.start() AS o \gset
SELECT is((SELECT concat_ws(' ', r.status, r.body ->> 'phase', r.body ->> 'error') FROM api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'q')) r), '200 cancelled cancelled by you', 'queued');
SELECT is((SELECT concat_ws(' ', r.status, r.body ->> 'phase', r.body ->> 'error') FROM api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'q')) r), '200 cancelled cancelled by you', 'twice');
SELECT ok(pg_temp.claim() > 0, 'the other runs');
SELECT is((SELECT concat_ws(' ', r.status, r.body ->> 'phase', r.body ->> 'error') FROM api.compute_cancel(pg_temp.auth('own', 'job:cancel'), jsonb_build_object('id', :'o', 'reason', 'too long')) r), '200 cancelled cancelled by owner: too long', 'running, by the owner, with a reason');
SELECT is(pg_temp.state(:'o'), 'failed cancelled CANCELLED', 'cancelled');
SELECT is((SELECT concat_ws(' ', r.status, r.body ->> 'status') FROM api.compute_cancel(pg_temp.auth('op', 'job:cancel'), jsonb_build_object('id', :'p', 'reason', 'r')) r), '200 completed', 'a final one stays, by an operator');
SELECT is((SELECT release_note FROM core.computation WHERE public_id = :'p'), NULL, 'and keeps its words');
SELECT is(pg_temp.says(api.compute_cancel(pg_temp.auth('aud', 'job:cancel'), jsonb_build_object('id', :'p'))), 'FORBIDDEN scope job:cancel is not among this principal''s rights', 'auditors only look');

-- lists
CREATE FUNCTION pg_temp.list(p jsonb, p_who text DEFAULT 'con') RETURNS core.answer LANGUAGE sql AS $$ SELECT api.compute_list(pg_temp.auth(p_who, 'job:read', false), p) $$;
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM pg_temp.list('{}') r), (SELECT count(*)::int FROM core.computation), 'all of mine');
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM pg_temp.list('{}', 'con2') r), 0, 'none of others');
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM pg_temp.list('{"role": "owner"}', 'own') r), (SELECT count(*)::int FROM core.computation), 'the owner''s');
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM pg_temp.list('{"role": "owner"}', 'own2') r), 0, 'not another owner''s');
SELECT is((SELECT r.body #>> '{data,0,computation_id}' FROM pg_temp.list('{"label": "x"}') r), core.comp_id(:'p'), 'by label');
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM pg_temp.list('{"lease_id": "H"}') r), 3, 'by lease');
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM pg_temp.list('{"status": "completed"}') r), 1, 'by status');
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM pg_temp.list('{"phase": "cancelled"}') r), 3, 'by phase');
SELECT r.body AS page1 FROM pg_temp.list('{"limit": 5}') r \gset
SELECT pg_temp.start() AS late \gset
SELECT r.body AS page2 FROM pg_temp.list(jsonb_build_object('limit', 5, 'cursor', :'page1'::jsonb -> 'nextCursor')) r \gset
SELECT is((SELECT array_agg(x ->> 'computation_id') FROM jsonb_array_elements(:'page1'::jsonb -> 'data' || (:'page2'::jsonb -> 'data')) x),
  ARRAY(SELECT core.comp_id(public_id) FROM core.computation WHERE public_id <> :'late' ORDER BY job_id DESC LIMIT 10), 'pages follow each other while rows arrive');
SELECT is((SELECT (r.body ->> 'nextCursor', r.body -> 'data' -> 199)::text FROM pg_temp.list('{"limit": 200}') r), '("",)', 'the end');
SELECT is(pg_temp.says(pg_temp.list('{"cursor": "zz"}')), 'INVALID_REQUEST bad cursor', 'a cursor of nobody');
SELECT is(pg_temp.says(pg_temp.list('{"cursor": "ff00"}')), 'INVALID_REQUEST bad cursor', 'bytes that are no text');

SELECT * FROM finish();
ROLLBACK;
