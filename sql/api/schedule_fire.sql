-- schedule_fire(name): its job now, whatever its cron line says and also while it is
-- disabled; the job's id.  This minute is its slot then: again within it, the same job.
CREATE FUNCTION api.schedule_fire(p_name text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s      core.agg_schedule;
  v_slot timestamptz := date_trunc('minute', clock_timestamp());
BEGIN
  SELECT * INTO s FROM core.agg_schedule x WHERE x.name = p_name FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no schedule %', left(p_name, 64) USING ERRCODE = 'no_data_found';
  END IF;
  IF s.last_slot >= v_slot AND s.last_job IS NOT NULL THEN
    RETURN s.last_job;
  END IF;
  s.last_job := core.enqueue(s.kind, 0, core.schedule_args(s.args, v_slot));
  UPDATE core.agg_schedule x SET last_slot = greatest(x.last_slot, v_slot), last_job = s.last_job WHERE x.name = p_name;
  PERFORM core.event_add(core.psql_actor(), 'schedule.fired', p_name, jsonb_build_object('job', s.last_job));
  PERFORM core.ring((SELECT k.lane FROM core.kind k WHERE k.id = s.kind));
  RETURN s.last_job;
END $$;
