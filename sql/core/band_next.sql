-- band_next(lane, band, step): the next band of a lane that has work, after p_band
-- (step 1) or before it (-1); NULL: none.
CREATE FUNCTION core.band_next(p_lane smallint, p_band smallint, p_step int) RETURNS smallint LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_step > 0 THEN
    RETURN least(
      (SELECT r.band FROM core.ready r WHERE r.seg = 0 AND r.lane = p_lane AND r.band > p_band ORDER BY r.band LIMIT 1),
      (SELECT r.band FROM core.ready r WHERE r.seg = 1 AND r.lane = p_lane AND r.band > p_band ORDER BY r.band LIMIT 1));
  END IF;
  RETURN greatest(
    (SELECT r.band FROM core.ready r WHERE r.seg = 0 AND r.lane = p_lane AND r.band < p_band ORDER BY r.band DESC LIMIT 1),
    (SELECT r.band FROM core.ready r WHERE r.seg = 1 AND r.lane = p_lane AND r.band < p_band ORDER BY r.band DESC LIMIT 1));
END $$;
