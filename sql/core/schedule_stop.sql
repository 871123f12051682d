-- schedule_stop(actor, name): the schedule, which makes no more jobs; NULL when there is none.
CREATE FUNCTION core.schedule_stop(p_actor text, p_name text) RETURNS core.agg_schedule LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s core.agg_schedule;
BEGIN
  UPDATE core.agg_schedule x SET enabled = false WHERE x.name = p_name RETURNING * INTO s;
  IF FOUND THEN
    PERFORM core.event_add(p_actor, 'schedule.disabled', p_name);
  END IF;
  RETURN s;
END $$;
