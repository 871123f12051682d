-- lane_front(worker, lane, want): where a claim begins.
--   room   how many jobs it may take; 0: the lane is paused or at its limit, the
--          node is in maintenance, or the worker is not live
--   older  the segment that is drained first
--   a, b   the first job of the older and of the current segment; NULL: none
-- Small statements on purpose: joined to one they took three times as long.
CREATE FUNCTION core.lane_front(p_worker int, p_lane smallint, p_want int,
                                OUT room int, OUT older smallint, OUT a core.place, OUT b core.place)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_limit int;
  v_since timestamptz;
BEGIN
  room := 0;
  SELECT l.max_running INTO v_limit FROM core.lane l WHERE l.id = p_lane AND NOT l.paused;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM FROM core.worker w WHERE w.id = p_worker AND w.state = 'live';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM FROM core.setting m WHERE m.name = 'maintenance' AND m.value = 'true';
  IF FOUND THEN
    RETURN;
  END IF;
  SELECT 1 - g.current, g.since INTO older, v_since FROM core.segment g;
  room := CASE WHEN v_limit IS NULL THEN p_want ELSE core.lane_room(p_lane, v_limit, p_want) END;
  a := core.segment_front(older, p_lane, v_since);
  b := core.segment_front((1 - older)::smallint, p_lane, NULL);
END $$;
