-- lane_heavy(lane): is it one for heavy credential jobs?
CREATE FUNCTION core.lane_heavy(p_lane smallint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT l.fair FROM core.lane l WHERE l.id = p_lane);
END $$;
