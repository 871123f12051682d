-- Heavy lanes: tenants take turns by what they have had; what jobs took is learned.
BEGIN;
\ir cred.psql
SELECT pg_temp.submit('wallet.export', '{"wallet": "m"}', '{}', w) FROM unnest(ARRAY['ann', 'ann', 'ann', 'ann', 'ben', 'ben', 'ben', 'ben']) w \g /dev/null
CREATE FUNCTION pg_temp.next(p_lane int DEFAULT 6) RETURNS core.lease LANGUAGE plpgsql AS $$
DECLARE l core.lease; v uuid;
BEGIN
  SELECT t.id INTO v FROM api.job_turn((SELECT max(id) FROM core.worker), p_lane::smallint, '{}', '{}', NULL, 1, -1) t WHERE t.what = 'claim';
  SELECT x.* INTO l FROM core.lease x WHERE x.id = v;
  RETURN l;
END $$;
CREATE FUNCTION pg_temp.took(l core.lease, p_s int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  UPDATE core.lease x SET claimed_at = claimed_at - p_s * interval '1 s' WHERE x.id = l.id;
  PERFORM pg_temp.end(l, pg_temp.good('[]'));
  RETURN (SELECT p.name FROM core.principal p WHERE p.id = l.tenant);
END $$;
SELECT is(pg_temp.took(pg_temp.next(), 30), 'ann', 'who has had nothing, in the order of the cursor');
SELECT is(pg_temp.took(pg_temp.next(), 5), 'ben', 'then the other');
SELECT is(pg_temp.took(pg_temp.next(), 5), 'ben', 'who goes on as long as that was less');
SELECT is(pg_temp.took(pg_temp.next(), 30), 'ben', 'and again');
SELECT is(pg_temp.took(pg_temp.next(), 1), 'ann', 'until it was more');
SELECT is((SELECT count(*) FROM core.cred_pace WHERE kind = 105 AND heavy), 1::bigint, 'what they took is learned');
SELECT is((SELECT n FROM core.cred_pace WHERE kind = 105 AND heavy), 5::bigint, 'of each');
SELECT is((SELECT (a.body ->> 'eta_s')::int BETWEEN 5 AND 60 FROM pg_temp.submit('wallet.export', '{"wallet": "m"}') s, pg_temp.show((s.body ->> 'job_id')::uuid) a), true, 'so one can say when it will end');
-- what runs counts
UPDATE core.lane_share SET ms = 0;
SELECT pg_temp.next() AS a, pg_temp.next() AS b \gset
SELECT is((:'a'::core.lease).tenant <> (:'b'::core.lease).tenant, true, 'two runners are for two tenants');
UPDATE core.lane_share SET ms = 1000, at = clock_timestamp() - interval '300 s' WHERE tenant = pg_temp.who('ben');
DELETE FROM core.lease;
SELECT is(round(core.lane_share_now(pg_temp.who('ben'))), 500::float8, 'half is forgotten in five minutes');
SELECT is(core.lane_share_now(pg_temp.who('cat')), 0::float8, 'who came today has had nothing');
SELECT is((SELECT string_agg(l.name, ' ' ORDER BY l.id) FROM core.lane l WHERE l.fair), 'cred-heavy cred-quick', 'other lanes count jobs');
SELECT * FROM finish();
ROLLBACK;
