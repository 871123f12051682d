-- schedule_put(actor, name, cron, kind, args, catch_up): a schedule, made or changed, and
-- enabled.  NULL, or what is wrong with it and nothing was done.  What is not given is a
-- nightly run of prio1: '15 2 * * *', prio1.run, the settings of the schedule's name and
-- the day before, last.  Slots that are past have no job.
CREATE FUNCTION core.schedule_put(p_actor text, p_name text, p_cron text, p_kind text, p_args jsonb, p_catch_up text) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_cron     constant text := btrim(coalesce(p_cron, '15 2 * * *'));
  v_kind     constant text := coalesce(p_kind, 'prio1.run');
  v_catch_up constant text := coalesce(p_catch_up, 'last');
  v_args     constant jsonb := coalesce(p_args, CASE WHEN v_kind = 'prio1.run'
    THEN jsonb_build_object('config', p_name, 'date', '{yesterday}') ELSE '{}' END);
  v_wrong    constant text := core.schedule_wrong(p_name, v_cron, v_kind, v_args, v_catch_up);
BEGIN
  IF v_wrong IS NOT NULL THEN
    RETURN v_wrong;
  END IF;
  INSERT INTO core.agg_schedule AS x (name, cron, kind, args, catch_up, last_slot)
  VALUES (p_name, v_cron, (core.schedule_kind(v_kind)).id, v_args, v_catch_up, core.cron5_slot(v_cron, clock_timestamp()))
  ON CONFLICT (name) DO UPDATE
    SET cron = excluded.cron, kind = excluded.kind, args = excluded.args, catch_up = excluded.catch_up, enabled = true,
        last_slot = greatest(x.last_slot, excluded.last_slot);
  PERFORM core.event_add(p_actor, 'schedule.set', p_name, jsonb_build_object('cron', v_cron, 'kind', v_kind));
  RETURN NULL;
END $$;
