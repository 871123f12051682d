-- Output of a running script: pieces in order, for the owner of all that it reads
-- and nobody else, gone with the run.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.log(p_id uuid, p_who text, p_from bigint DEFAULT 0, p_stream text DEFAULT 'combined') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.log_get(pg_temp.auth(p_who, 'job:read', false), jsonb_build_object('id', p_id, 'stream', p_stream, 'from', p_from)) $$;
-- "run from text", the refusal, or what is kept
CREATE FUNCTION pg_temp.reads(p_id uuid, p_who text, p_from bigint DEFAULT 0, p_stream text DEFAULT 'combined') RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(a.err || ' ' || a.msg, 'kept ' || (a.extra #>> '{blob,size}'), concat_ws(' ', a.extra #>> '{live,run}', a.extra #>> '{live,from}',
     convert_from(decode(a.extra #>> '{live,b64}', 'base64'), 'UTF8'), CASE WHEN a.extra ? 'wait_id' THEN '…' END)) FROM pg_temp.log(p_id, p_who, p_from, p_stream) a $$;
CREATE FUNCTION pg_temp.push(p_id uuid, p_stream int, p_at bigint, p_text text) RETURNS bigint LANGUAGE sql AS
$$ SELECT api.log_push(l.id, l.token, p_stream::smallint, p_at, p_text::bytea) FROM core.lease l JOIN core.computation m ON m.job_id = l.id WHERE m.public_id = p_id $$;

SELECT pg_temp.start() AS d \gset
SELECT is(pg_temp.reads(:'d', 'own'), '0 0  …', 'queued: nothing yet, and something to wait for');
SELECT is(pg_temp.reads(:'d', 'con'), 'NOT_FOUND there is no such log to read', 'its consumer reads nothing before release');
SELECT is(pg_temp.claim(), 1, 'it runs');
SELECT is(pg_temp.reads(:'d', 'own'), '1 0  …', 'nothing printed');
SELECT is(pg_temp.push(:'d', 2, 0, 'hel'), 3::bigint, 'a piece');
SELECT is(pg_temp.push(:'d', 2, 3, 'lo '), 6::bigint, 'the next');
SELECT is(pg_temp.push(:'d', 2, 3, 'xx'), 6::bigint, 'said twice: not taken twice');
SELECT is(pg_temp.push(:'d', 2, 9, 'xx'), 6::bigint, 'nothing is left out');
SELECT is(pg_temp.push(:'d', 1, 0, 'oh'), 2::bigint, 'another stream');
SELECT is(pg_temp.reads(:'d', 'own'), '1 0 hello ', 'from the start');
SELECT is(pg_temp.reads(:'d', 'own', 2), '1 2 llo ', 'from the middle of a piece');
SELECT is(pg_temp.reads(:'d', 'own', 3), '1 3 lo ', 'from its end');
SELECT is(pg_temp.reads(:'d', 'own', 6), '1 6  …', 'nothing new: wait');
SELECT is(pg_temp.reads(:'d', 'own', 0, 'stderr'), '1 0 oh', 'by stream');
SELECT is(pg_temp.reads(:'d', 'con'), 'NOT_FOUND there is no such log to read', 'check 11: not for its consumer');
SELECT is(pg_temp.reads(:'d', 'con2'), 'NOT_FOUND no such computation', 'check 12: nor for a stranger');
SELECT is(pg_temp.reads(:'d', 'op'), 'FORBIDDEN logs are for the consumer and the owners of its inputs', 'nor for an operator');
SELECT throws_ok($$ SELECT api.log_push(l.id, l.token, 2::smallint, 6, '') FROM core.lease l $$, '23514', NULL, 'an empty piece');
SELECT throws_ok($$ SELECT api.log_push(l.id, l.token, 3::smallint, 6, 'x') FROM core.lease l $$, '23514', NULL, 'a stream that is none');
SELECT is((SELECT api.log_push(l.id, gen_random_uuid(), 2::smallint, 6, 'x') FROM core.lease l), NULL, 'fenced: a run that lost its lease');

-- a second run begins at 0
SELECT is((SELECT api.job_give_back(ARRAY[l.id], ARRAY[l.token], 'test') FROM core.lease l), 1::bigint, 'given back');
SELECT is(pg_temp.claim(), 1, 'runs again');
SELECT is(pg_temp.reads(:'d', 'own') ~ '^\d 0  …$', true, 'its output begins anew');
SELECT is(pg_temp.push(:'d', 2, 0, 'again'), 5::bigint, 'a piece');
SELECT is(pg_temp.finish_job(:'d', pg_temp.good()), NULL, 'it ends');
SELECT is((SELECT count(*) FROM core.log_part), 0::bigint, 'pieces of all runs are gone');
SELECT is(pg_temp.reads(:'d', 'own'), 'kept 5', 'what was kept');
SELECT is(pg_temp.reads(:'d', 'con'), 'kept 5', 'released to its consumer');
SELECT is((SELECT count(*) FROM core.event WHERE verb = 'log.read' AND detail ->> 'live' = 'true') > 0, true, 'looks are in the audit');

-- who owns all that his script reads
SELECT is(pg_temp.says(api.principal_set(pg_temp.auth('op', 'operate'), '{"id": "prn_own", "roles": ["owner", "consumer"]}')), '200', 'an owner who computes');
SELECT api.lease_grant(pg_temp.auth('own', 'lease:grant'), jsonb_build_object('consumer', 'prn_own', 'lease_id', 'S', 'assets', '["d2"]'::jsonb,
    'expires_at', core.ts(clock_timestamp() + interval '1 d'))) \g /dev/null
SELECT core.comp_uuid(a.body ->> 'computation_id') AS s FROM pg_temp.submit('{"lease_id": "S", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}', 'own') a \gset
SELECT is(pg_temp.reads(:'s', 'own'), '0 0  …', 'reads his own');
SELECT is(has_function_privilege('darkroom_fcgi', 'api.log_push(uuid, uuid, smallint, bigint, bytea)', 'EXECUTE'), false, 'pieces come from workers');
SELECT * FROM finish();
ROLLBACK;
