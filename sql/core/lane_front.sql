-- lane_front(worker, lane, want): where a claim begins.
--   room   how many jobs it may take; 0: the lane is paused or at its limit, the
--          node is in maintenance, or the worker is not live
--   older  the segment that is drained first
--   a, b   the first job of the older and of the current segment; NULL: none
--   lone   the only job of the lane, locked for this claim: it is in the current
--          segment, carries its spec, has no crash behind it, and its tenant has
--          no limit; NULL: look on from a and b
--   fair   tenants take turns by what they have had (core.lane_turn)
-- Small statements on purpose: joined to one they took three times as long.
CREATE FUNCTION core.lane_front(p_worker int, p_lane smallint, p_want int,
                                OUT room int, OUT older smallint, OUT a core.place, OUT b core.place, OUT lone tid, OUT fair boolean)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_limit int;
  v_since timestamptz;
  v_seg   smallint;
  v_one   record;
BEGIN
  room := 0;
  SELECT l.max_running, l.fair INTO v_limit, fair FROM core.lane l WHERE l.id = p_lane AND NOT l.paused;
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
  SELECT 1 - g.current, g.current, g.since INTO older, v_seg, v_since FROM core.segment g;
  room := CASE WHEN v_limit IS NULL THEN p_want ELSE core.lane_room(p_lane, v_limit, p_want) END;
  a := core.segment_front(older, p_lane, v_since);
  IF a.band IS NOT NULL OR room = 0 THEN
    b := core.segment_front(v_seg, p_lane, NULL);
    RETURN;
  END IF;
  SELECT r.band, r.tenant, r.rank, r.id, r.ctid AS at, r.spec IS NOT NULL AND r.crashes = 0 AS simple INTO v_one FROM core.ready r
   WHERE r.seg = v_seg AND r.lane = p_lane ORDER BY r.band, r.tenant, r.rank, r.id LIMIT 1 FOR UPDATE SKIP LOCKED;
  b := (v_one.band, v_one.tenant, v_one.rank);
  IF v_one.simple AND v_one.id = (SELECT r.id FROM core.ready r WHERE r.seg = v_seg AND r.lane = p_lane
                                   ORDER BY r.band DESC, r.tenant DESC, r.rank DESC, r.id DESC LIMIT 1) THEN
    PERFORM FROM core.principal c WHERE c.id = v_one.tenant AND c.max_running IS NOT NULL;
    IF NOT FOUND THEN
      lone := v_one.at;
    END IF;
  END IF;
END $$;
