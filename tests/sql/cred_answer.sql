-- A look that began before its job ended: the row of the job is of before, its state of after.
BEGIN;
\ir cred.psql
CREATE TEMP TABLE run AS SELECT pg_temp.start('did.create_my', '{"wallet": "m"}') AS l;
CREATE TEMP TABLE before AS SELECT x AS j FROM core.cred_job x WHERE x.job_id = (SELECT (r.l).id FROM run r);
SELECT is(pg_temp.end(r.l, pg_temp.good('[]', '{"status": 201, "body": {"did": "d"}}')), NULL, 'a job ends') FROM run r;
CREATE FUNCTION pg_temp.late(p_look text) RETURNS core.answer LANGUAGE sql AS
$$ SELECT core.cred_answer(core.authenticate(pg_temp.auth('ann', 'cred:read', false)), b.j, 'submitter', p_look) FROM before b $$;
SELECT is((SELECT (b.j).finished_at FROM before b), NULL, 'the row that a look has read does not know it');
SELECT is((SELECT jsonb_build_array(a.err, a.status, a.body) FROM pg_temp.late('result') a), '[null, 201, {"did": "d"}]', 'its answer is the result all the same');
SELECT is((SELECT a.body -> 'result' FROM pg_temp.late(NULL) a), '{"did": "d"}', 'and so is that of who asks for the job');
SELECT * FROM finish();
ROLLBACK;
