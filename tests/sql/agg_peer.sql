-- A peer that is slow holds half of a worker's runners at most.
BEGIN;
\ir agg.psql
SELECT pg_temp.task('away', 'leader', 'time_interval', '09', '{"helper_url": "http://away/dap/09/"}') \g /dev/null
UPDATE core.setting SET value = '0' WHERE name = 'agg_job_age_s';
SELECT pg_temp.up('lead', i, i, 1000 + 100 * i), pg_temp.up('lead18', i, i, 10 + i), pg_temp.up('away', i, i, 1000 + 100 * i) FROM generate_series(1, 3) i \g /dev/null
SELECT pg_temp.batch(), pg_temp.claim() \g /dev/null
-- the runs of a task that may go on, by the order of their claims
CREATE FUNCTION pg_temp.opened(p_task text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE l core.lease; v text := '';
BEGIN
  FOR l IN SELECT x.* FROM core.lease x JOIN core.agg_job j ON j.queue_id = x.id WHERE j.task_no = pg_temp.no(p_task) ORDER BY x.claimed_at, x.id LOOP
    v := v || CASE WHEN pg_temp.open(l) IS NULL THEN '-' ELSE '+' END;
  END LOOP;
  RETURN v;
END $$;
-- all claimed at once, those of lead first
UPDATE core.lease l SET claimed_at = now() + CASE j.task_no WHEN pg_temp.no('lead') THEN interval '0' WHEN pg_temp.no('lead18') THEN interval '1 ms' ELSE interval '2 ms' END
  FROM core.agg_job j WHERE j.queue_id = l.id;
SELECT is((SELECT count(*) FROM core.lease), 9::bigint, 'nine runs on nine runners');
INSERT INTO core.agg_peer (task_no, mean_ms) VALUES (pg_temp.no('lead'), 400), (pg_temp.no('away'), 9000);
SELECT is((SELECT string_agg(pg_temp.opened(t), ' ') FROM unnest('{lead,lead18,away}'::text[]) t), '+++ +++ +++', 'none is over its half');
UPDATE core.agg_peer SET mean_ms = 9000, at = clock_timestamp() - interval '11 min' WHERE task_no = pg_temp.no('lead');
SELECT is((SELECT string_agg(pg_temp.opened(t), ' ') FROM unnest('{lead,lead18}'::text[]) t), '+++ +++', 'nor slow, by what was long ago');
UPDATE core.agg_peer SET at = clock_timestamp() WHERE task_no = pg_temp.no('lead');
SELECT is((SELECT string_agg(pg_temp.opened(t), ' ') FROM unnest('{lead,lead18,away}'::text[]) t), '+++ +-- +++', 'one that is slow has four, over all of its tasks');
SELECT is((SELECT array_agg((x.why, x.attempt, extract(epoch FROM x.due - clock_timestamp()) BETWEEN 4 AND 10))::text FROM core.later x), '{"(snooze,0,t)","(snooze,0,t)"}', 'the others wait, without an attempt');
SELECT is((SELECT string_agg(pg_temp.opened(t), ' ') FROM unnest('{lead,lead18}'::text[]) t), '+++ +', 'those that run go on');
SELECT * FROM finish();
ROLLBACK;
