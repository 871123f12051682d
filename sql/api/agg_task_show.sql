-- agg_task_show(auth, {task_id}): one task, never a secret.
CREATE FUNCTION api.agg_task_show(p_auth jsonb, p_req jsonb)
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
  RETURN core.ok(200, core.agg_task_json(t), jsonb_build_object('rate', c.rate));
END $$;
