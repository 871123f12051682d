-- job_claim(worker, lane, want, cursor): up to p_want runnable jobs of a lane,
-- now leased to the worker.  Strict bands, lowest number first, except that
-- every eighth claim of a session goes the other way round so that no band
-- starves; in a band the older segment before the current one.  Nothing while
-- the lane is paused, the node is in maintenance, or the worker is not live.
CREATE FUNCTION core.job_claim(p_worker int, p_lane smallint, p_want int, p_cursor int) RETURNS core.lease[]
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_all   core.lease[] := '{}';
  v_got   core.lease[];
  v_max   int;
  v_cur   smallint;
  v_bands smallint[];
  v_band  smallint;
  v_seg   smallint;
  v_left  int := p_want;
BEGIN
  SELECT l.max_running, s.current INTO v_max, v_cur
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

  v_bands := ARRAY(SELECT b FROM unnest('{0,1,2,3}'::smallint[]) b
                    WHERE EXISTS (SELECT FROM core.ready r WHERE r.seg = 1 - v_cur AND r.lane = p_lane AND r.band = b)
                       OR EXISTS (SELECT FROM core.ready r WHERE r.seg = v_cur AND r.lane = p_lane AND r.band = b));
  IF cardinality(v_bands) > 1 AND core.claim_turn(p_lane) % 8 = 0 THEN
    v_bands := ARRAY(SELECT b FROM unnest(v_bands) b ORDER BY b DESC);
  END IF;
  FOREACH v_band IN ARRAY v_bands LOOP
    FOREACH v_seg IN ARRAY ARRAY[1 - v_cur, v_cur]::smallint[] LOOP
      EXIT WHEN v_left <= 0;
      v_got := core.job_claim_from(v_seg, v_band, p_worker, p_lane, v_left, p_cursor, v_all = '{}');
      v_all := v_all || v_got;
      v_left := v_left - cardinality(v_got);
      IF v_got[1].crashes > 0 THEN
        RETURN v_all;
      END IF;
    END LOOP;
  END LOOP;
  RETURN v_all;
END $$;
