-- job_claim_from(segment, band, ...): up to p_want jobs of one segment and band,
-- round robin over the tenants that have work, starting after p_cursor.  Moves
-- them to lease and returns the leases.
--
-- Tenants are found by one index probe each, so a backlog is never scanned; one
-- with a limit gives what core.tenant_room allows.
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
  v_last    int;                -- tenant that was asked last
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
        FROM next n WHERE n.t IS NOT NULL),
    open AS MATERIALIZED (
      SELECT x.t, CASE WHEN c.max_running IS NULL THEN x.share ELSE core.tenant_room(x.t, c.max_running, x.share) END AS room
        FROM (SELECT f.t, greatest(1, v_left / count(*) OVER ()) AS share
                FROM (SELECT n.t FROM next n WHERE n.t IS NOT NULL LIMIT v_left) f) x
        LEFT JOIN core.principal c ON c.id = x.t ORDER BY x.t),
    pick AS MATERIALIZED (
      SELECT p.k, p.crashes FROM open o CROSS JOIN LATERAL (
        SELECT r.ctid AS k, r.crashes FROM core.ready r
         WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant = o.t
         ORDER BY r.rank, r.id LIMIT o.room FOR UPDATE SKIP LOCKED) p WHERE o.room > 0),
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
    SELECT (SELECT max(o.t) FROM open o), array_agg(ROW(leased.*)::core.lease) INTO v_last, v_got FROM leased;

    IF v_last IS NULL THEN              -- no tenant past the cursor
      EXIT WHEN v_wrapped OR v_cursor < 0;
      v_wrapped := true;
      v_cursor := -1;
      CONTINUE;
    END IF;
    IF v_got IS NOT NULL THEN
      v_all := v_all || v_got;
      v_left := v_left - cardinality(v_got);
      EXIT WHEN v_got[1].crashes > 0;
      p_alone := false;
      v_wrapped := false;
      v_start := v_last;
    END IF;
    v_cursor := v_last;
    EXIT WHEN v_wrapped AND v_got IS NULL AND v_cursor >= v_start;
  END LOOP;
  RETURN v_all;
END $$;
