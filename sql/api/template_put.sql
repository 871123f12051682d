-- template_put(auth, {task, sha256, data_b64, variable, image, outputs, limits}): the
-- script that consumers of the caller's data may run for a task, by name, in
-- api.train_submit: 201 new, 200 replaced.  Jobs that came by it keep the script
-- they were submitted with.  Who may run it may read it.
CREATE FUNCTION api.template_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  t core.template;
  v_old bytea;
  v_sha constant bytea := decode(p_req ->> 'sha256', 'hex');
  v_data constant bytea := decode(p_req ->> 'data_b64', 'base64');
  v_why text;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT g.why INTO v_why FROM core.limits_grant(coalesce(nullif(p_req -> 'limits', 'null'), '{}'), '{}') g;
  IF v_why IS NOT NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', v_why);
  END IF;
  PERFORM core.blob_keep(v_sha, length(v_data), 'pg', v_data);
  SELECT x.sha256 INTO v_old FROM core.template x WHERE x.owner = c.id AND x.task = p_req ->> 'task' FOR UPDATE;
  INSERT INTO core.template AS x (owner, task, sha256, variable, image, outputs, limits)
  VALUES (c.id, p_req ->> 'task', v_sha, coalesce(p_req ->> 'variable', 'dataset'), p_req ->> 'image',
          coalesce(nullif(p_req -> 'outputs', 'null'), '[]'), coalesce(nullif(p_req -> 'limits', 'null'), '{}'))
  ON CONFLICT (owner, task) DO UPDATE
     SET sha256 = excluded.sha256, variable = excluded.variable, image = excluded.image, outputs = excluded.outputs,
         limits = excluded.limits, updated_at = clock_timestamp()
  RETURNING * INTO t;
  IF v_old <> v_sha THEN
    PERFORM core.blob_loosen(ARRAY[v_old]);
  END IF;
  PERFORM core.event_add(c.public_id, 'template.stored', 'template:' || t.task, jsonb_build_object('sha256', encode(v_sha, 'hex')));
  RETURN core.ok(CASE WHEN v_old IS NULL THEN 201 ELSE 200 END, core.template_json(t));
END $$;
