-- The hot path reads by index, whatever the statistics say: plans of the claim's
-- statements, and no sequential scan of a large table during a turn.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
CREATE FUNCTION pg_temp.plan_of(q text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE l text; r text := '';
BEGIN
  FOR l IN EXECUTE 'EXPLAIN (COSTS OFF) ' || q LOOP r := r || l || E'\n'; END LOOP;
  RETURN r;
END $$;
PREPARE next_tenant(smallint, smallint, smallint, int) AS
  SELECT r.tenant FROM core.ready r WHERE r.seg = $1 AND r.lane = $2 AND r.band = $3 AND r.tenant > $4 ORDER BY r.tenant LIMIT 1;
SELECT matches(pg_temp.plan_of('EXECUTE next_tenant(0, 1, 1, 5)'), 'Index Only Scan using ready_[01]_pkey.*\n +Index Cond: \(\(seg = \$1\) AND \(lane = \$2\) AND \(band = \$3\) AND \(tenant > \$4\)\)', 'the next tenant is one index probe');
SELECT doesnt_match(pg_temp.plan_of('EXECUTE next_tenant(0, 1, 1, 5)'), 'Sort|Seq Scan', 'without a sort');
PREPARE pick(smallint, smallint, smallint, int, int) AS
  SELECT r.ctid, r.crashes FROM core.ready r WHERE r.seg = $1 AND r.lane = $2 AND r.band = $3 AND r.tenant = $4
   ORDER BY r.rank, r.id LIMIT $5 FOR UPDATE SKIP LOCKED;
SELECT matches(pg_temp.plan_of('EXECUTE pick(0, 1, 1, 5, 10)'), 'Index Scan using ready_[01]_pkey', 'a tenant''s first jobs come from the index');
SELECT doesnt_match(pg_temp.plan_of('EXECUTE pick(0, 1, 1, 5, 10)'), 'Sort|Seq Scan', 'in order');
PREPARE front(smallint, smallint, smallint, int, bigint) AS
  SELECT r.band, r.tenant, r.rank FROM core.ready r WHERE r.seg = $1 AND r.lane = $2 AND (r.band, r.tenant, r.rank) >= ($3, $4, $5)
   ORDER BY r.band, r.tenant, r.rank LIMIT 1;
SELECT matches(pg_temp.plan_of('EXECUTE front(0, 1, 1, 5, 10)'), 'Index Only Scan using ready_[01]_pkey.*\n +Index Cond: .*ROW\(band, tenant, rank\) >= ROW', 'a remembered front is where the index is entered');
SELECT doesnt_match(pg_temp.plan_of('EXECUTE front(0, 1, 1, 5, 10)'), 'Sort|Seq Scan', 'without a sort');
PREPARE finish(uuid[], uuid[]) AS DELETE FROM core.lease l WHERE l.id = ANY ($1) AND l.token = ANY ($2);
SELECT matches(pg_temp.plan_of($$EXECUTE finish('{}', '{}')$$), 'Index Scan using lease_pkey', 'a finish finds its leases by id, in the order of ids');
PREPARE job_of(uuid) AS SELECT FROM core.job j WHERE j.id = $1;
SELECT doesnt_match(pg_temp.plan_of('EXECUTE job_of(''00000000-0000-0000-0000-000000000000'')'), 'Seq Scan', 'a job is found by id');
PREPARE take_ready(smallint, int, uuid) AS DELETE FROM core.ready r WHERE r.seg IN (0, 1) AND r.lane = $1 AND r.band IN (0, 1, 2, 3) AND r.tenant = $2 AND r.id = $3;
SELECT matches(pg_temp.plan_of('EXECUTE take_ready(1, 1, ''00000000-0000-0000-0000-000000000000'')'), 'Index Scan using ready_0_pkey.*\n +Index Cond:.*lane.*band.*tenant.*id = \$3', 'a cancel looks at its tenant''s part of the index');
PREPARE expire(timestamptz, uuid, timestamptz) AS
  SELECT j.id, j.expires_at FROM core.job j WHERE (j.expires_at, j.id) > ($1, $2) AND j.expires_at <= $3 ORDER BY j.expires_at, j.id LIMIT 500;
SELECT matches(pg_temp.plan_of('EXECUTE expire(now(), ''00000000-0000-0000-0000-000000000000'', now())'), 'Merge Append\n.*\n +->  Index Only Scan using job_[0-9]+_expires_at_id_idx', 'expiry reads an index from where it stopped');
PREPARE tally(timestamptz, timestamptz) AS SELECT FROM core.done d WHERE d.finished_at > $1 AND d.finished_at <= $2;
SELECT doesnt_match(pg_temp.plan_of('EXECUTE tally(now(), now())'), 'Seq Scan', 'so do the counters');

-- ten thousand waiting jobs of a hundred tenants: a turn touches few of them
INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms)
SELECT 0, 2, 1, n % 100, n, core.uuid7(), 2, 1 FROM generate_series(1, 10000) n;
INSERT INTO core.job (id, principal, kind, lane, max_attempts, timeout_ms, spec)
SELECT id, tenant, 2, 2, 3, 1, '{}' FROM core.ready;
SELECT api.worker_join('h', 1, 'v', '{"light": 4}', '{}') AS w \gset
SELECT sum(idx_tup_fetch) AS fetched FROM pg_stat_xact_user_tables WHERE schemaname = 'core' AND relname ~ '^ready_' \gset
SELECT sum(seq_scan) AS before FROM pg_stat_xact_user_tables WHERE schemaname = 'core' AND relname ~ '^(ready_|job_|done_|lease)' \gset
SELECT is((SELECT count(*) FROM api.job_turn(:w, 2::smallint, '{}', '{}', '[]', 10, -1) t WHERE t.what = 'claim'), 10::bigint, 'ten of ten thousand');
SELECT is((SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE schemaname = 'core' AND relname ~ '^(ready_|job_|done_|lease)'), :before::numeric, 'without a sequential scan');
SELECT cmp_ok((SELECT sum(idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE schemaname = 'core' AND relname ~ '^ready_'), '<', :fetched::numeric + 100, 'and few rows of ready are looked at');
UPDATE core.ready SET spec = '{}';
SELECT sum(idx_scan) AS looks FROM pg_stat_xact_user_tables WHERE schemaname = 'core' AND relname ~ '^job_2' \gset
SELECT is((SELECT count(*) FROM api.job_turn(:w, 2::smallint, '{}', '{}', '[]', n, -1) t WHERE t.what = 'claim'), n::bigint, 'short specs, ' || n || ' at once')
  FROM unnest(ARRAY[1, 10]) n;
SELECT is((SELECT sum(idx_scan) FROM pg_stat_xact_user_tables WHERE schemaname = 'core' AND relname ~ '^job_2'), :looks::numeric, 'are handed out without a look at core.job');
DELETE FROM core.lease l WHERE l.id IN (SELECT l2.id FROM core.lease l2 ORDER BY l2.claimed_at DESC LIMIT 11);
SELECT count(*) FROM (SELECT count(*) FROM api.job_turn(:w, 2::smallint, ARRAY(SELECT id FROM core.lease ORDER BY id), ARRAY(SELECT token FROM core.lease ORDER BY id),
  (SELECT jsonb_agg('{"state": "completed", "started": true}'::jsonb) FROM core.lease), 0, -1)) x \gset _
SELECT is((SELECT count(*) FROM core.done d JOIN core.job j USING (id) WHERE j.timeout_ms = 1), 10::bigint, 'and finished');

SELECT * FROM finish();
ROLLBACK;
