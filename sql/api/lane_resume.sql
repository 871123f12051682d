-- lane_resume(name): hand out jobs of a lane again.
CREATE FUNCTION api.lane_resume(p_name text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN core.lane_pause_set(p_name, false);
END $$;
