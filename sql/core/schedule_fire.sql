-- schedule_fire(actor, name): the schedule, with its job now as last_job, whatever its cron
-- line says and also while it is disabled; NULL when there is none.  This minute is its slot
-- then: again within it, the same job.  A schedule that was changed may have passed this
-- minute over without a job.  The caller rings the lane.
CREATE FUNCTION core.schedule_fire(p_actor text, p_name text) RETURNS core.agg_schedule LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s      core.agg_schedule;
  v_slot timestamptz;
BEGIN
  SELECT * INTO s FROM core.agg_schedule x WHERE x.name = p_name FOR UPDATE;
  v_slot := date_trunc('minute', clock_timestamp());     -- not before the row is ours
  IF NOT FOUND OR (s.last_slot >= v_slot AND core.uuid7_at(s.last_job) >= v_slot) THEN
    RETURN s;
  END IF;
  UPDATE core.agg_schedule x
     SET last_slot = greatest(x.last_slot, v_slot), last_job = core.enqueue(s.kind, 0, core.schedule_args(s.args, v_slot))
   WHERE x.name = p_name RETURNING * INTO s;
  PERFORM core.event_add(p_actor, 'schedule.fired', p_name, jsonb_build_object('job', s.last_job));
  RETURN s;
END $$;
