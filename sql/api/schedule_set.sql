-- schedule_set(name, cron, kind, args, catch_up): a schedule, made or changed, and enabled,
-- at an SQL prompt (core.schedule_put).  cron has five fields, in UTC; {date} and {yesterday}
-- in texts of args are those of the slot.
CREATE FUNCTION api.schedule_set(p_name text, p_cron text DEFAULT NULL, p_kind text DEFAULT NULL, p_args jsonb DEFAULT NULL,
  p_catch_up text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_wrong constant text := core.schedule_put(core.psql_actor(), p_name, p_cron, p_kind, p_args, p_catch_up);
BEGIN
  IF v_wrong IS NOT NULL THEN
    RAISE EXCEPTION '%', v_wrong USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN (SELECT format('schedule %s: %s', s.name, s.cron) FROM core.agg_schedule s WHERE s.name = p_name);
END $$;
