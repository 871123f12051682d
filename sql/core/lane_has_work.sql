-- lane_has_work(lane): is anything runnable?  Looks from the far end of the index:
-- its near end is where the dead rows of past claims are.
CREATE FUNCTION core.lane_has_work(p_lane smallint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT r.band FROM core.ready r WHERE r.seg = 0 AND r.lane = p_lane ORDER BY r.band DESC, r.tenant DESC, r.rank DESC LIMIT 1) IS NOT NULL
      OR (SELECT r.band FROM core.ready r WHERE r.seg = 1 AND r.lane = p_lane ORDER BY r.band DESC, r.tenant DESC, r.rank DESC LIMIT 1) IS NOT NULL;
END $$;
