-- job_claim(worker, lane, want, cursor): up to p_want runnable jobs of a lane,
-- now leased to the worker.  Strict bands, lowest number first, except that
-- every eighth claim of a session goes the other way round so that no band
-- starves; in a band the older segment before the current one.  Nothing while
-- the lane is paused, the node is in maintenance, or the worker is not live.
CREATE FUNCTION core.job_claim(p_worker int, p_lane smallint, p_want int, p_cursor int) RETURNS core.lease[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_all  core.lease[] := '{}';
  v_got  core.lease[];
  v_max  int;
  v_cur  smallint;
  v_low  smallint[];      -- lowest band with work, by segment: older, current
  v_high smallint[];      -- and the highest
  v_band smallint;
  v_last smallint;
  v_step smallint := 1;
  v_left int := p_want;
BEGIN
  SELECT l.max_running, s.current,
         ARRAY[(SELECT r.band FROM core.ready r WHERE r.seg = 1 - s.current AND r.lane = p_lane ORDER BY r.band LIMIT 1),
               (SELECT r.band FROM core.ready r WHERE r.seg = s.current AND r.lane = p_lane ORDER BY r.band LIMIT 1)],
         ARRAY[(SELECT r.band FROM core.ready r WHERE r.seg = 1 - s.current AND r.lane = p_lane ORDER BY r.band DESC LIMIT 1),
               (SELECT r.band FROM core.ready r WHERE r.seg = s.current AND r.lane = p_lane ORDER BY r.band DESC LIMIT 1)]
    INTO v_max, v_cur, v_low, v_high
    FROM core.lane l, core.segment s
   WHERE l.id = p_lane AND NOT l.paused
     AND EXISTS (SELECT FROM core.worker w WHERE w.id = p_worker AND w.state = 'live')
     AND NOT EXISTS (SELECT FROM core.setting m WHERE m.name = 'maintenance' AND m.value = 'true');
  IF NOT FOUND THEN
    RETURN v_all;
  END IF;
  IF v_max IS NOT NULL THEN
    IF NOT pg_try_advisory_xact_lock(2001, p_lane) THEN
      RETURN v_all;
    END IF;
    v_left := least(v_left, v_max - (SELECT count(*)::int FROM core.lease l WHERE l.lane = p_lane));
  END IF;

  v_band := least(v_low[1], v_low[2]);
  v_last := greatest(v_high[1], v_high[2]);
  IF v_band < v_last AND core.claim_turn(p_lane) % 8 = 0 THEN
    v_step := -1;
    SELECT v_last, v_band INTO v_band, v_last;
  END IF;
  WHILE v_left > 0 AND v_band * v_step <= v_last * v_step LOOP   -- NULL: no work at all
    FOR v_seg IN 1 .. 2 LOOP
      CONTINUE WHEN v_left <= 0 OR v_low[v_seg] IS NULL OR NOT v_band BETWEEN v_low[v_seg] AND v_high[v_seg];
      v_got := core.job_claim_from(CASE v_seg WHEN 1 THEN 1 - v_cur ELSE v_cur END::smallint, v_band, p_worker, p_lane,
                                   v_left, p_cursor, cardinality(v_all) = 0);
      v_all := v_all || v_got;
      v_left := v_left - cardinality(v_got);
      IF v_got[1].crashes > 0 THEN
        RETURN v_all;
      END IF;
    END LOOP;
    v_band := v_band + v_step;
  END LOOP;
  RETURN v_all;
END $$;
