-- schedule_disable(name): it makes no more jobs, until api.schedule_set says otherwise.
CREATE FUNCTION api.schedule_disable(p_name text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE core.agg_schedule x SET enabled = false WHERE x.name = p_name;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no schedule %', left(p_name, 64) USING ERRCODE = 'no_data_found';
  END IF;
  PERFORM core.event_add(core.psql_actor(), 'schedule.disabled', p_name, '{}');
  RETURN format('schedule %s disabled', p_name);
END $$;
