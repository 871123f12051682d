-- agg_task_remove(auth, {task_id}): the task takes no uploads any more; what is stored
-- can still be collected and goes after retain_s.  Again is harmless.
CREATE FUNCTION api.agg_task_remove(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  t core.agg_task;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_id = core.b64u_read(p_req ->> 'task_id');
  IF NOT FOUND THEN
    RETURN core.agg_task_unknown();
  END IF;
  PERFORM core.agg_alone(t.task_no);
  UPDATE core.agg_task x SET removed_at = clock_timestamp() WHERE x.task_no = t.task_no AND x.removed_at IS NULL;
  IF FOUND THEN
    PERFORM core.event_add(c.public_id, 'task.removed', 'task:' || (p_req ->> 'task_id'));
  END IF;
  RETURN core.ok(204);
END $$;
