-- compute_show(auth, {id}): the full record: the fields of a result, and for its
-- consumer and the owners of its inputs the request, script included.
CREATE FUNCTION api.compute_show(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
  v_body jsonb;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO f FROM core.compute_find(c, (p_req ->> 'id')::uuid);
  IF f.view IS NULL THEN
    RETURN core.compute_unknown();
  END IF;
  v_body := core.compute_body(f.m, f.view);
  v_body := v_body || jsonb_build_object('id', v_body -> 'computation_id');
  IF f.view <> 'state' THEN
    v_body := v_body || jsonb_build_object('request', core.compute_request(f.m));
  END IF;
  RETURN core.ok(200, v_body, jsonb_build_object('wait_id', (f.m).job_id, 'final', v_body ->> 'status' <> 'pending', 'rate', c.rate,
      'etag', md5((v_body - ARRAY['queue_position', 'queue_position_capped', 'eta_s', 'usage'])::text)));
END $$;
