-- aggregate_show(auth, {id}): a computation that came by a template, in the words
-- that v1 has for it: pending, running, complete, failed.  artifact_path: where its
-- model can be downloaded, or the first of its artifacts.  Seen by whom its results
-- are; anything else, ordinary computations too, is the 404 of an unknown id.
CREATE FUNCTION api.aggregate_show(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
  t core.training;
  b jsonb;
  v_body jsonb;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO f FROM core.compute_find(c, (p_req ->> 'id')::uuid);
  SELECT * INTO t FROM core.training x WHERE x.job_id = (f.m).job_id;
  IF f.view IS NULL OR t.job_id IS NULL THEN
    RETURN core.compute_unknown();
  END IF;
  b := core.compute_body(f.m, f.view);
  v_body := jsonb_strip_nulls(jsonb_build_object('job_id', b -> 'computation_id', 'dataset', t.dataset, 'task', t.task, 'epsilon', t.epsilon,
      'status', CASE WHEN b ->> 'status' = 'completed' THEN 'complete' WHEN b ->> 'status' = 'failed' THEN 'failed'
                     WHEN b ->> 'phase' IN ('starting', 'running', 'collecting', 'in_review') THEN 'running' ELSE 'pending' END,
      'error', b -> 'error', 'created_at', b -> 'created_at', 'completed_at', b -> 'finished_at',
      'artifact_path', (SELECT m ->> 'url'
                          FROM jsonb_array_elements(b -> 'artifact_meta') m WHERE b ->> 'status' = 'completed' AND m ? 'url'
                         ORDER BY m ->> 'name' <> 'model_weights.pth', m ->> 'name' LIMIT 1)));
  RETURN core.ok(200, v_body, jsonb_build_object('rate', c.rate, 'etag', md5(v_body::text)));
END $$;
