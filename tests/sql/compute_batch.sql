-- compute_submit with many calls: each gets the answer it would have got alone,
-- in its place; what calls compete for goes to the first.
BEGIN;
\ir compute.psql
-- submits of con (or whom "who" names), all in one call: what each answers
CREATE FUNCTION pg_temp.batch(VARIADIC p_jobs jsonb[]) RETURNS SETOF core.answer LANGUAGE sql AS
$$ SELECT * FROM api.compute_submit(
     (SELECT array_agg(pg_temp.auth(coalesce(j ->> 'who', 'con'), 'job:submit') || coalesce(j -> 'auth', '{}') ORDER BY n) FROM unnest(p_jobs) WITH ORDINALITY x (j, n)),
     (SELECT array_agg(pg_temp.job(j - '{who,auth}'::text[]) ORDER BY n) FROM unnest(p_jobs) WITH ORDINALITY x (j, n))) $$;
CREATE FUNCTION pg_temp.said(VARIADIC p_jobs jsonb[]) RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg(pg_temp.says(a)) FROM pg_temp.batch(VARIADIC p_jobs) a $$;

-- places
SELECT pg_temp.job('{"label": "one"}') AS r1, pg_temp.job('{"label": "two", "params": {"k": 2}}') AS r2 \gset
SELECT array_agg(a.body ->> 'computation_id') AS comps, array_agg(a.status) AS sts
  FROM api.compute_submit(ARRAY[pg_temp.auth('con', 'job:submit'), pg_temp.auth('con', 'job:submit')], ARRAY[:'r1', :'r2']::jsonb[]) a \gset
SELECT is(:'sts'::text, '{202,202}', 'two are accepted');
SELECT is((SELECT array_agg(core.comp_uuid(x) ORDER BY n) FROM unnest(:'comps'::text[]) WITH ORDINALITY u (x, n)),
  ARRAY[:'r1'::jsonb ->> 'public_id', :'r2'::jsonb ->> 'public_id']::uuid[], 'in their places');
SELECT is((SELECT array_agg(m.label || coalesce(j.spec #>> '{params,k}', '') ORDER BY m.label) FROM core.computation m JOIN core.job j ON j.id = m.job_id), '{one,two2}', 'each with its own fields');
SELECT is((SELECT count(DISTINCT j.request_hash) FROM core.job j), 2::bigint, 'and hash');
SELECT is((SELECT array_agg(c) FROM (SELECT count(*) AS c FROM core.ready UNION ALL SELECT count(*) FROM core.job UNION ALL SELECT count(*) FROM core.computation
  UNION ALL SELECT sum(jsonb_array_length(detail -> 'jobs')) FROM core.event WHERE verb = 'job.submitted' UNION ALL SELECT count(*) FROM core.idem) x), '{2,2,2,2,2}', 'all rows of both');
SELECT is(pg_temp.said('{"lease_id": "none"}', '{}', '{"priority": 99}', '{"who": "own"}', '{"auth": {"peer": "peer_x"}}', '{}', '{"limits": {"wall_s": 99999}}', '{"who": "con2"}'),
  ARRAY['FORBIDDEN lease refused: you have no lease of this name', '202', 'VALIDATION_ERROR priority must be from -10 to 10',
        'FORBIDDEN scope job:submit is not among this principal''s rights', 'FORBIDDEN unknown key', '202',
        'VALIDATION_ERROR limits.wall_s must be a whole number from 1 to 86400', 'FORBIDDEN lease refused: you have no lease of this name'], 'a refusal does not touch the others');
SELECT is(pg_temp.said('{}'), '{202}', 'a batch of one');
SELECT is((SELECT count(*) FROM api.compute_submit('{}', '{}')), 0::bigint, 'and of none');

-- nonces
SELECT is(pg_temp.said('{"auth": {"nonce": "AAAAAAAAAAAAAAAAAAAA"}}', '{"auth": {"nonce": "BBBBBBBBBBBBBBBBBBBB"}}', '{"auth": {"nonce": "AAAAAAAAAAAAAAAAAAAA"}}', '{"who": "con2", "auth": {"nonce": "AAAAAAAAAAAAAAAAAAAA"}}'),
  '{202,202,"FORBIDDEN nonce was used before","FORBIDDEN lease refused: you have no lease of this name"}', 'a nonce twice in one batch');
SELECT is(pg_temp.said('{"auth": {"nonce": "BBBBBBBBBBBBBBBBBBBB"}}', '{"auth": {"nonce": "CCCCCCCCCCCCCCCCCCCC"}}'), '{"FORBIDDEN nonce was used before",202}', 'and one that an earlier batch used');
SELECT is(pg_temp.said('{"auth": {"nonce": "BBBBBBBBBBBBBBBBBBBB", "retry": true}}'), '{202}', 'unless it is tried again');

-- idempotency inside a batch
SELECT is((SELECT array_agg(pg_temp.says(a) || CASE WHEN a.extra ? 'replayed' THEN ' replayed' ELSE '' END) FROM pg_temp.batch(
  '{"idem_key": "k", "idem_digest": "aa"}', '{"idem_key": "k", "idem_digest": "aa"}', '{"idem_key": "k", "idem_digest": "bb"}', '{"idem_key": "l", "idem_digest": "aa"}') a),
  '{202,"202 replayed","CONFLICT this Idempotency-Key was used with another request",202}', 'one key twice: one job');
SELECT is((SELECT array_agg(pg_temp.says(a) || CASE WHEN a.extra ? 'replayed' THEN ' replayed' ELSE '' END) FROM pg_temp.batch(
  '{"idem_key": "m", "idem_digest": "aa", "lease_id": "none"}', '{"idem_key": "m", "idem_digest": "bb"}', '{"idem_key": "m", "idem_digest": "bb"}') a),
  '{"FORBIDDEN lease refused: you have no lease of this name",202,"202 replayed"}', 'a refusal leaves the key to the next');
SELECT is((SELECT count(DISTINCT a.body ->> 'computation_id') FROM pg_temp.batch('{"idem_key": "n", "idem_digest": "aa"}', '{"idem_key": "n", "idem_digest": "aa"}') a), 1::bigint, 'and the same answer');

-- rate: the first that fit
UPDATE core.setting SET value = '3' WHERE name = 'rate_submit_burst';
UPDATE core.setting SET value = '0.001' WHERE name = 'rate_submit';
DELETE FROM core.rate;
SELECT is(pg_temp.said('{}', '{"lease_id": "none"}', '{}', '{"who": "con2"}', '{}', '{}'),
  '{202,"FORBIDDEN lease refused: you have no lease of this name",202,"FORBIDDEN lease refused: you have no lease of this name","RATE_LIMITED too many requests","RATE_LIMITED too many requests"}', 'three tokens, five calls');
SELECT is(pg_temp.said('{}', '{}'), '{"RATE_LIMITED too many requests","RATE_LIMITED too many requests"}', 'then none');
UPDATE core.rate SET tokens = 2.5;
SELECT is((SELECT array_agg(a.extra #>> '{rate,remaining}') FROM pg_temp.batch('{}', '{}', '{}') a), '{1,0,0}', 'and says what is left');
SELECT is((SELECT round(tokens::numeric, 1) FROM core.rate WHERE principal = pg_temp.who('con') AND bucket = 'submit'), 0.5, 'whole tokens only');
UPDATE core.setting SET value = '1000000' WHERE name ~ '^rate_';
UPDATE core.rate SET tokens = 1000000;

-- quota and runs: the first that fit
UPDATE core.setting SET value = to_jsonb((SELECT count(*) FROM core.computation WHERE finished_at IS NULL AND principal = pg_temp.who('con')) + 2) WHERE name = 'open_jobs_max';
SELECT is(pg_temp.said('{}', '{"priority": 1}', '{}', '{}'), '{202,"VALIDATION_ERROR priority must be at most 0 under this lease",202,"QUOTA_EXCEEDED too many open jobs"}', 'two places');
SELECT is(pg_temp.said('{}'), '{"QUOTA_EXCEEDED too many open jobs"}', 'none');
UPDATE core.setting SET value = '1000' WHERE name = 'open_jobs_max';
UPDATE core.data_lease SET max_runs = 3, updated_at = clock_timestamp() WHERE lease_id = 'H';
CREATE FUNCTION pg_temp.h() RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"lease_id": "H", "inputs": [{"asset_id": "d2", "variable_name": "x"}]}'::jsonb $$;
SELECT is(pg_temp.said(pg_temp.h(), '{}', pg_temp.h(), pg_temp.h(), pg_temp.h(), '{}'), '{202,202,202,202,"FORBIDDEN lease refused: LEASE_USED_UP",202}', 'three runs, four submits, and another lease');
SELECT is((SELECT (runs_held, runs_used)::text FROM core.data_lease WHERE lease_id = 'H'), '(3,0)', 'held');
SELECT is(pg_temp.said(pg_temp.h(), '{}'), '{"FORBIDDEN lease refused: LEASE_USED_UP",202}', 'none left');
UPDATE core.setting SET value = to_jsonb((SELECT count(*) FROM core.computation WHERE finished_at IS NULL AND principal = pg_temp.who('con')) + 1) WHERE name = 'open_jobs_max';
UPDATE core.data_lease SET max_runs = 4, updated_at = clock_timestamp() WHERE lease_id = 'H';
SELECT is(pg_temp.said(pg_temp.h(), pg_temp.h()), '{202,"QUOTA_EXCEEDED too many open jobs"}', 'what the quota refuses takes no run');
SELECT is((SELECT runs_held FROM core.data_lease WHERE lease_id = 'H'), 4, 'as the lease says');
UPDATE core.setting SET value = '1000' WHERE name = 'open_jobs_max';

-- scripts
SELECT is(pg_temp.said(jsonb_build_object('script', pg_temp.script('p')), jsonb_build_object('script', pg_temp.script('q')), jsonb_build_object('script', pg_temp.script('p')),
  jsonb_build_object('script', pg_temp.script('p') - 'data_b64'), jsonb_build_object('script', pg_temp.script('new') - 'data_b64')),
  '{202,202,202,"VALIDATION_ERROR code_sha256 is not stored here","VALIDATION_ERROR code_sha256 is not stored here"}', 'scripts are stored once each, after the judgement');
SELECT is((SELECT array_agg(convert_from(b.data, 'UTF8') ORDER BY b.data) FROM core.script s JOIN core.blob b USING (sha256) WHERE b.data IN ('p', 'q')), '{p,q}', 'with their bytes');

SELECT * FROM finish();
ROLLBACK;
