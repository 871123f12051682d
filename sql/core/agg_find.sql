-- agg_find(auth, request, role, token): the task that a request of another party names,
-- of its profile and with this node in that role, and whether its sender is who it has
-- to be: token 'leader', 'collector', or NULL where anybody may.  Unknown tasks, those of
-- another role and those that retention takes look the same.
CREATE FUNCTION core.agg_find(p_auth jsonb, p_req jsonb, p_role text, p_token text) RETURNS core.agg_found LANGUAGE plpgsql STABLE AS $$
DECLARE
  f core.agg_found;
  t core.agg_task;
  v_want bytea;
BEGIN
  SELECT x.* INTO t FROM core.agg_task x
   WHERE x.task_id = core.b64u_read(p_req ->> 'task_id') AND x.profile = p_req ->> 'profile' AND x.role = p_role;
  IF NOT FOUND OR core.agg_over(t) THEN
    f.refusal := core.refuse('unrecognizedTask', 'no such task');
    RETURN f;
  END IF;
  f.t := t;
  v_want := CASE p_token WHEN 'leader' THEN t.leader_token WHEN 'collector' THEN t.collector_token END;
  IF p_token IS NOT NULL AND (v_want = decode(p_auth ->> 'sha256', 'hex')) IS NOT TRUE THEN
    f.refusal := core.refuse('unauthorizedRequest', 'this needs the token of the task');
  END IF;
  RETURN f;
END $$;
