-- job_claim_from(segment, band, ...): up to p_want jobs of one segment and band,
-- round robin over the tenants that have work, starting after p_cursor.  Moves
-- them to lease and returns the leases.
--
-- Tenants are found by one index probe each, so a backlog is never scanned.  A
-- tenant with a limit is counted under a lock nobody waits for: if another claim
-- holds it, the tenant is passed over this time.  Finishing only lowers the
-- count and needs no lock.
--
-- A suspect (its worker died) runs in a batch of its own: with p_alone the first
-- one met is all that is taken, without p_alone suspects are left where they are.
CREATE FUNCTION core.job_claim_from(p_seg smallint, p_band smallint, p_worker int, p_lane smallint,
                                    p_want int, p_cursor int, p_alone boolean) RETURNS core.lease[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_all     core.lease[] := '{}';
  v_got     core.lease[];
  v_cursor  int := p_cursor;
  v_left    int := p_want;
  v_tenants int[];
  v_room    int[];
  v_start   int := p_cursor;    -- full circle, if nothing came since
  v_wrapped boolean := false;
BEGIN
  WHILE v_left > 0 LOOP
    WITH RECURSIVE next(t) AS (
      (SELECT r.tenant FROM core.ready r
        WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant > v_cursor ORDER BY r.tenant LIMIT 1)
      UNION ALL
      SELECT (SELECT r.tenant FROM core.ready r
               WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant > n.t ORDER BY r.tenant LIMIT 1)
        FROM next n WHERE n.t IS NOT NULL)
    SELECT array_agg(x.t ORDER BY x.n), array_agg(CASE
             WHEN c.max_running IS NULL THEN x.share
             WHEN pg_try_advisory_xact_lock(2000, x.t)
               THEN least(x.share, greatest(0, c.max_running - (SELECT count(*)::int FROM core.lease l WHERE l.tenant = x.t)))
             ELSE 0 END ORDER BY x.n)
      INTO v_tenants, v_room
      FROM (SELECT f.t, row_number() OVER () AS n, greatest(1, v_left / count(*) OVER ()) AS share
              FROM (SELECT n.t FROM next n WHERE n.t IS NOT NULL LIMIT v_left) f) x
      LEFT JOIN core.principal c ON c.id = x.t;
    IF v_tenants IS NULL THEN
      EXIT WHEN v_wrapped OR v_cursor < 0;
      v_wrapped := true;
      v_cursor := -1;
      CONTINUE;
    END IF;

    WITH pick AS MATERIALIZED (
      SELECT p.k, p.crashes FROM unnest(v_tenants, v_room) AS u(t, n) CROSS JOIN LATERAL (
        SELECT r.ctid AS k, r.crashes FROM core.ready r
         WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant = u.t
         ORDER BY r.rank, r.id LIMIT u.n FOR UPDATE SKIP LOCKED) p WHERE u.n > 0),
    suspect AS (SELECT k FROM pick WHERE crashes > 0 LIMIT 1),
    taken AS (
      DELETE FROM core.ready r
       WHERE r.seg = p_seg AND r.ctid = ANY (ARRAY(
             SELECT k FROM suspect WHERE p_alone
             UNION ALL
             SELECT k FROM pick WHERE crashes = 0 AND NOT (p_alone AND EXISTS (SELECT FROM suspect))))
      RETURNING r.*),
    leased AS (
      INSERT INTO core.lease AS l (id, token, worker, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms)
      SELECT t.id, gen_random_uuid(), p_worker, t.lane, t.band, t.tenant, t.rank, t.kind, t.attempt + 1, t.crashes, t.timeout_ms
        FROM taken t RETURNING l.*)
    SELECT array_agg(ROW(leased.*)::core.lease) INTO v_got FROM leased;

    IF v_got IS NOT NULL THEN
      v_all := v_all || v_got;
      v_left := v_left - cardinality(v_got);
      EXIT WHEN v_got[1].crashes > 0;
      p_alone := false;
      v_wrapped := false;
      v_start := v_tenants[cardinality(v_tenants)];
    END IF;
    v_cursor := v_tenants[cardinality(v_tenants)];
    EXIT WHEN v_wrapped AND v_got IS NULL AND v_cursor >= v_start;
  END LOOP;
  RETURN v_all;
END $$;
