-- schedule_set(name, cron, kind, args, catch_up): a schedule, made or changed, and enabled.
-- cron has five fields, in UTC; {date} and {yesterday} in texts of args are those of the
-- slot.  Slots that are past have no job.
CREATE FUNCTION api.schedule_set(p_name text, p_cron text DEFAULT '15 2 * * *', p_kind text DEFAULT 'prio1.run', p_args jsonb DEFAULT '{}',
  p_catch_up text DEFAULT 'last') RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_slot timestamptz := core.cron5_slot(p_cron, clock_timestamp());
  v_kind core.kind;
BEGIN
  IF p_name IS NULL OR p_name !~ '^[a-z0-9][a-z0-9._-]{0,62}$' THEN
    RAISE EXCEPTION 'name: 1 to 63 lower case letters, digits, . _ -' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF v_slot IS NULL THEN
    RAISE EXCEPTION 'cron: minute, hour, day, month and weekday are expected, such as "15 2 * * *", and a day that there is'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  v_kind := core.schedule_kind(p_kind);
  IF jsonb_typeof(p_args) IS DISTINCT FROM 'object' OR pg_column_size(p_args) > 65536 THEN
    RAISE EXCEPTION 'args: an object of at most 64 KiB' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF p_catch_up IS NULL OR p_catch_up NOT IN ('none', 'last') THEN
    RAISE EXCEPTION 'catch_up: none or last' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  INSERT INTO core.agg_schedule AS x (name, cron, kind, args, catch_up, last_slot)
  VALUES (p_name, btrim(p_cron), v_kind.id, p_args, p_catch_up, v_slot)
  ON CONFLICT (name) DO UPDATE
    SET cron = excluded.cron, kind = excluded.kind, args = excluded.args, catch_up = excluded.catch_up, enabled = true,
        last_slot = greatest(x.last_slot, excluded.last_slot);
  PERFORM core.event_add(core.psql_actor(), 'schedule.set', p_name, jsonb_build_object('cron', btrim(p_cron), 'kind', p_kind));
  RETURN format('schedule %s: %s', p_name, btrim(p_cron));
END $$;
