-- schedule_disable(name): it makes no more jobs, until api.schedule_set says otherwise.
CREATE FUNCTION api.schedule_disable(p_name text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (core.schedule_stop(core.psql_actor(), p_name)).name IS NULL THEN
    RAISE EXCEPTION 'no schedule %', left(p_name, 64) USING ERRCODE = 'no_data_found';
  END IF;
  RETURN format('schedule %s disabled', p_name);
END $$;
