-- A computation whose script is fetched first: where it waits, what ends it, how it goes on.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.far(p text DEFAULT 'Q' || repeat('a', 45)) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('script', jsonb_build_object('cid', p)) $$;
SELECT is(pg_temp.says(pg_temp.submit(pg_temp.far())), 'VALIDATION_ERROR computationCid is not stored here', 'nothing is fetched unless it is switched on');
SELECT is((SELECT count(*) FROM core.cron WHERE name = 'ipfs.probe' AND core.ipfs_probe_spec(spec) IS NOT NULL), 0::bigint, 'nor looked after');
UPDATE core.setting SET value = 'true' WHERE name = 'ipfs_fetch';
SELECT api.worker_join('h', 2, 'v', '{"net": 2}', '{}') AS w \gset
CREATE FUNCTION pg_temp.fetch(p_worker int) RETURNS core.lease LANGUAGE plpgsql AS $$
DECLARE l core.lease; t record;
BEGIN
  SELECT * INTO t FROM api.job_turn(p_worker, 4::smallint, '{}', '{}', '[]', 1, -1) WHERE what = 'claim';
  SELECT * INTO l FROM core.lease x WHERE x.id = t.id;
  RETURN l;
END $$;
CREATE FUNCTION pg_temp.fetched(l core.lease, o jsonb) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(t.what, ' ') FROM api.job_turn(l.worker, 4::smallint, ARRAY[l.id], ARRAY[l.token], jsonb_build_array(o), 0, -1) t $$;
CREATE FUNCTION pg_temp.found(p text) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('state', 'completed', 'started', true, 'files', '[]'::jsonb, 'result',
     jsonb_build_object('sha256', encode(sha256(p::bytea), 'hex'), 'data_b64', encode(p::bytea, 'base64'))) $$;

SELECT pg_temp.start(pg_temp.far()) AS c \gset
SELECT is(pg_temp.state(:'c'), 'pending fetching', 'phase fetching');
SELECT is(pg_temp.claim(), 0, 'no container gets it');
CREATE TEMP TABLE held AS SELECT * FROM pg_temp.fetch(:w);
SELECT is((SELECT (kind, phase, lane)::text FROM held), '(11,fetching,4)', 'a runner of the net lane does');
SELECT api.job_phase(ARRAY[id], ARRAY[token], '{running}') FROM held \g /dev/null
SELECT is(pg_temp.state(:'c') || (SELECT (l.started_at IS NULL)::text FROM core.lease l JOIN held USING (id)), 'pending fetchingtrue', 'long as it may take, it has not started');
SELECT is(pg_temp.fetched((SELECT ROW(h.*)::core.lease FROM held h), pg_temp.found('print(7)')), NULL, 'it comes');
SELECT is(pg_temp.state(:'c'), 'pending queued', 'then it waits like any other');
SELECT is(pg_temp.fetched((SELECT ROW(h.*)::core.lease FROM held h), pg_temp.found('print(8)')), 'fenced', 'a second answer is fenced');
SELECT is((SELECT convert_from(t.payload, 'UTF8') || (t.spec ? 'inputs')::text || t.attempt FROM api.job_turn(:w, 1::smallint, '{}', '{}', '[]', 1, -1) t WHERE what = 'claim'), 'print(7)true1', 'the claim has script and specification');
SELECT is((SELECT (x.cid, x.principal = pg_temp.who('con'))::text FROM core.script x WHERE x.sha256 = sha256('print(7)')), format('(Q%s,t)', repeat('a', 45)), 'the script is the consumer''s');
SELECT is(pg_temp.state(pg_temp.start(pg_temp.far())), 'pending queued', 'the same CID again is stored here');

-- what goes wrong
CREATE FUNCTION pg_temp.bad_end(p jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c uuid := pg_temp.start(pg_temp.far('Q' || substr(md5(p::text) || md5('x'), 1, 45)));
BEGIN
  PERFORM pg_temp.fetched(pg_temp.fetch((SELECT max(id) FROM core.worker)), p);
  RETURN pg_temp.state(c) || ': ' || ((pg_temp.result(c)).body ->> 'error');
END $$;
SELECT is(pg_temp.bad_end('{"state": "completed", "started": true, "result": {"reason": "CODE_MISMATCH", "why": "a block does not have its hash"}}'),
  'failed failed CODE_MISMATCH: the code does not match its CID: a block does not have its hash', 'blocks that do not match');
SELECT is(pg_temp.bad_end('{"state": "completed", "started": true, "result": {"reason": "CODE_UNAVAILABLE", "why": "no answer in time"}}'),
  'failed failed CODE_UNAVAILABLE: the code could not be fetched: no answer in time', 'nobody answers');
SELECT is(pg_temp.bad_end('{"state": "completed", "started": true, "result": {"sha256": "00", "data_b64": "eA=="}}'),
  'failed failed CODE_UNAVAILABLE: the code could not be fetched: ?', 'a digest that is not its own');
SELECT is(pg_temp.bad_end('{"state": "failed", "started": true, "reason": "TIMEOUT"}'),
  'failed failed CODE_UNAVAILABLE: the code could not be fetched: ?', 'a fetch without an end is no run without an end');
SELECT is((SELECT count(*) FROM core.done d WHERE d.kind = 11), 0::bigint, 'in the records they are computations');

-- cancelled, expired, lost
SELECT pg_temp.start(pg_temp.far('Q' || repeat('b', 45))) AS c \gset
SELECT is((api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'c'))).body ->> 'phase', 'cancelled', 'cancelled while it waits to be fetched');
SELECT pg_temp.start(pg_temp.far('Q' || repeat('c', 45))) AS c \gset
DROP TABLE held;
CREATE TEMP TABLE held AS SELECT * FROM pg_temp.fetch(:w);
SELECT is((api.compute_cancel(pg_temp.auth('con', 'job:cancel'), jsonb_build_object('id', :'c'))).body ->> 'phase', 'cancelled', 'cancelled while it is fetched');
SELECT is(pg_temp.fetched((SELECT ROW(h.*)::core.lease FROM held h), pg_temp.found('print(9)')), 'fenced', 'what comes then is thrown away');
SELECT pg_temp.start(pg_temp.far('Q' || repeat('d', 45))) AS c \gset
SELECT pg_temp.fetch(:w) \g /dev/null
UPDATE core.worker SET state = 'gone' WHERE id = :w;
SELECT is(core.lease_reap() > 0, true, 'its worker is lost');
SELECT is(pg_temp.state(:'c'), 'pending fetching', 'it is fetched again');
SELECT * FROM finish();
ROLLBACK;
