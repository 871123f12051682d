-- lane_room(lane, limit, want): how many jobs a claim may take of a lane that has
-- a limit: core.tenant_room for a whole lane.
CREATE FUNCTION core.lane_room(p_lane smallint, p_limit int, p_want int) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(2001, p_lane) THEN
    RETURN 0;
  END IF;
  RETURN least(p_want, p_limit - (SELECT count(*)::int FROM core.lease l WHERE l.lane = p_lane));
END $$;
