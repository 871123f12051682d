-- train_submit(auth, {dataset, task, epsilon, job_id, public_id, spender}): run the
-- template that the owner of the dataset has for the task, as an ordinary
-- computation under a lease of the caller; 404 where there is no such template under
-- any lease of the caller's.  The dataset is one of the owner's assets, by name.
-- The settings are those of api.compute_submit, with which it shares plans.
CREATE FUNCTION api.train_submit(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
  t core.template;
  l core.data_lease;
  a core.answer;
  v_data bytea;
  v_asked jsonb;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.idem_find(c.id, 'train_submit', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  SELECT * INTO f FROM core.train_find(c.id, p_req ->> 'task', p_req ->> 'dataset');
  t := f.template;
  l := f.lease;
  SELECT b.data INTO v_data FROM core.blob b WHERE b.sha256 = t.sha256;
  IF v_data IS NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no template for this task and dataset');
  END IF;
  v_asked := jsonb_build_object('task', p_req ->> 'task', 'dataset', p_req ->> 'dataset', 'epsilon', p_req -> 'epsilon');
  a := (core.compute_turn(ARRAY[c], ARRAY[p_auth], ARRAY[jsonb_strip_nulls(jsonb_build_object(
      'request_id', p_req -> 'request_id', 'job_id', p_req -> 'job_id', 'public_id', p_req -> 'public_id', 'comp', p_req -> 'comp',
      'lease_id', l.lease_id, 'spender', p_req -> 'spender', 'image', t.image, 'outputs', t.outputs, 'limits', t.limits,
      'params', v_asked, 'script', jsonb_build_object('sha256', encode(t.sha256, 'hex'), 'size', length(v_data), 'data_b64', encode(v_data, 'base64')),
      'inputs', jsonb_build_array(jsonb_build_object('asset_id', p_req ->> 'dataset', 'variable_name', t.variable))))]))[1];
  IF a.err IS NOT NULL THEN
    RETURN a;
  END IF;
  INSERT INTO core.training (job_id, dataset, task, epsilon)
  SELECT m.job_id, p_req ->> 'dataset', p_req ->> 'task', (p_req ->> 'epsilon')::numeric
    FROM core.computation m WHERE m.public_id = core.comp_uuid(a.body ->> 'computation_id');
  a.extra := a.extra || jsonb_build_object('location', '/api/v1/aggregate/' || (a.body ->> 'computation_id'));
  a.body := jsonb_build_object('job_id', a.body -> 'computation_id');
  PERFORM core.idem_keep(c.id, 'train_submit', p_req, a);
  RETURN a;
END $$;
