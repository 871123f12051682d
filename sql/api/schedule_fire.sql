-- schedule_fire(name): its job now (core.schedule_fire); the job's id.
CREATE FUNCTION api.schedule_fire(p_name text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s core.agg_schedule := core.schedule_fire(core.psql_actor(), p_name);
BEGIN
  IF s.name IS NULL THEN
    RAISE EXCEPTION 'no schedule %', left(p_name, 64) USING ERRCODE = 'no_data_found';
  END IF;
  PERFORM core.ring((SELECT k.lane FROM core.kind k WHERE k.id = s.kind));
  RETURN s.last_job;
END $$;
