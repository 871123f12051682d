-- lane_pause(name): hand out no more jobs of a lane; what runs goes on.
CREATE FUNCTION api.lane_pause(p_name text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN core.lane_pause_set(p_name, true);
END $$;
