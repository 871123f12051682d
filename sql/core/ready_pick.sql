-- ready_pick(segment, lane, band, want, cursor, front): lock up to p_want jobs of
-- one segment and band for this claim, round robin over the tenants that have
-- work, beginning after p_cursor.  Never waits for another claim.
-- front: the first job there, as somebody has just seen it, so that the dead rows
-- before it are not walked again; NULL: nobody looked.
--   rows     where the jobs are in the segment; NULL: none
--   crashes  the most that one of them has behind it
--   plain    all of them carry their spec
--   last     the tenant of the last of them
--   spare    asked again, there may be more
-- A lane with one tenant, and a claim of one job, need no more than index probes.
CREATE FUNCTION core.ready_pick(p_seg smallint, p_lane smallint, p_band smallint, p_want int, p_cursor int, p_front core.place,
                                OUT rows tid[], OUT crashes int, OUT plain boolean, OUT last int, OUT spare boolean)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_limit int;
  v_from  bigint := p_front.rank;
BEGIN
  last := p_front.tenant;
  IF p_cursor >= last THEN
    SELECT r.tenant INTO last FROM core.ready r
     WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant > p_cursor ORDER BY r.tenant LIMIT 1;
    last := coalesce(last, p_front.tenant);
    IF last <> p_front.tenant THEN
      v_from := -9223372036854775808;
    END IF;
  END IF;
  IF p_want = 1 OR last = p_front.tenant AND NOT EXISTS (
       SELECT FROM core.ready r WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant > last) THEN
    SELECT c.max_running INTO v_limit FROM core.principal c WHERE c.id = last;
    IF v_limit IS NOT NULL THEN
      v_limit := core.tenant_room(last, v_limit, p_want);
    END IF;
    SELECT array_agg(p.k), max(p.crashes), bool_and(p.plain) INTO rows, crashes, plain
      FROM (SELECT r.ctid AS k, r.crashes, r.spec IS NOT NULL AS plain FROM core.ready r
             WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant = last AND r.rank >= v_from
             ORDER BY r.rank, r.id LIMIT coalesce(v_limit, p_want) FOR UPDATE SKIP LOCKED) p;
    spare := false;
  END IF;
  IF rows IS NULL THEN
    SELECT f.rows, f.crashes, f.plain, f.last, f.spare INTO rows, crashes, plain, last, spare
      FROM core.ready_pick_fair(p_seg, p_lane, p_band, p_want, p_cursor) f;
  END IF;
END $$;
