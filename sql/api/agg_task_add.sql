-- agg_task_add(auth, {task, sealed, digest, leader_token_sha256, collector_token_sha256,
-- report_max_bytes, count_max}): a task of the aggregate service, immutable from now on: 201.
-- The same again is 200, also when another process is making it right now; another body under its
-- id is CONFLICT.  What is sealed differs each time, so a digest that the front keyed says what is the same.
CREATE FUNCTION api.agg_task_add(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  t core.agg_task;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  t := core.agg_task_put(c.id, p_req);
  IF t.task_no IS NOT NULL THEN
    PERFORM core.event_add(c.public_id, 'task.added', 'task:' || (p_req #>> '{task,task_id}'), jsonb_build_object('role', t.role, 'profile', t.profile));
    RETURN core.ok(201, core.agg_task_json(t), jsonb_build_object('rate', c.rate));
  END IF;
  SELECT x.* INTO t FROM core.agg_task x WHERE x.task_id = core.b64u_read(p_req #>> '{task,task_id}');
  IF t.digest IS DISTINCT FROM decode(p_req ->> 'digest', 'hex') OR t.removed_at IS NOT NULL THEN
    RETURN core.refuse('CONFLICT', 'there is another task of this id');
  END IF;
  RETURN core.ok(200, core.agg_task_json(t), jsonb_build_object('rate', c.rate));
END $$;
