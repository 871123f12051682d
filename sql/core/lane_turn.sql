-- lane_turn(lane, segment, band, cursor): after which tenant a claim of a fair lane
-- begins: the one before that whose share is the least.  A share is the runner time
-- that a tenant had lately, and of what it runs now the time since its claim or the
-- mean of its kind, whichever is more.  Of equal shares the next after the cursor.
-- At most 64 tenants are looked at, from the cursor on, by an index probe each.
CREATE FUNCTION core.lane_turn(p_lane smallint, p_seg smallint, p_band smallint, p_cursor int) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_from   int := p_cursor;
  v_tenant int;
  v_first  int;
  v_best   int;
  v_share  double precision;
  v_least  double precision;
BEGIN
  FOR i IN 1 .. 64 LOOP
    SELECT r.tenant INTO v_tenant FROM core.ready r
     WHERE r.seg = p_seg AND r.lane = p_lane AND r.band = p_band AND r.tenant > v_from ORDER BY r.tenant LIMIT 1;
    IF NOT FOUND THEN
      EXIT WHEN v_from < p_cursor OR v_from = -1;
      v_from := -1;
      CONTINUE;
    END IF;
    EXIT WHEN v_tenant = v_first;
    v_first := coalesce(v_first, v_tenant);
    v_from := v_tenant;
    v_share := core.lane_share_now(v_tenant);
    IF v_least IS NULL OR v_share < v_least THEN
      v_least := v_share;
      v_best := v_tenant;
    END IF;
  END LOOP;
  RETURN coalesce(v_best - 1, p_cursor);
END $$;
