-- lane_waits(lane): is something runnable there now?  Asked each second by a worker
-- whose runners are all busy and that may make more of them.
CREATE FUNCTION api.lane_waits(p_lane smallint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  RETURN NOT EXISTS (SELECT FROM core.lane l WHERE l.id = p_lane AND l.paused) AND core.lane_has_work(p_lane);
END $$;
