-- agg_task_counters(auth, {task_id}): how many reports met which end, at the upload and at
-- the aggregation.
CREATE FUNCTION api.agg_task_counters(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_task int;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT x.task_no INTO v_task FROM core.agg_task x WHERE x.task_id = core.b64u_read(p_req ->> 'task_id');
  IF NOT FOUND THEN
    RETURN core.agg_task_unknown();
  END IF;
  RETURN core.ok(200, '{"upload": {}, "aggregate": {}}' || coalesce(
    (SELECT jsonb_object_agg(y.stage, y.words)
       FROM (SELECT x.stage, jsonb_object_agg(x.word, x.n) AS words
               FROM (SELECT k.stage, k.word, sum(k.n) AS n FROM core.agg_counter k WHERE k.task_no = v_task GROUP BY 1, 2) x GROUP BY 1) y), '{}'),
    jsonb_build_object('rate', c.rate));
END $$;
