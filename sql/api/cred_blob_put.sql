-- cred_blob_put(auth, {for: tails|import, hash, sha256, size, store, place, data_b64,
-- job_id}): a file is stored.  For an import it is kept for export_ttl_s: 201
-- with its name.  Tails are looked through by a job: 202.
CREATE FUNCTION api.cred_blob_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.tenant_caller(p_auth);
  v_tenant text;
  a core.answer;
  p core.cred_plan;
  v_job jsonb;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  v_tenant := current_setting('darkroom.tenant');
  a := core.cred_known(c, 'cred_blob_put', p_auth, p_req);
  IF a.err IS NULL AND a.status IS NULL THEN
    a := core.cred_blob_fault(p_req);
  END IF;
  IF a.err IS NULL AND a.status IS NULL THEN
    a := core.cred_blob_quota(v_tenant, p_req);
  END IF;
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  IF p_req ->> 'for' = 'tails' THEN
    v_job := p_req || jsonb_build_object('kind', 'tails.verify', 'args', jsonb_build_object('hash', p_req -> 'hash', 'sha256', p_req -> 'sha256'));
    p := core.cred_plan(c, v_job);
    IF (p.refusal).err IS NOT NULL OR core.cred_room(c.id) < 1 THEN
      RETURN coalesce(p.refusal, core.refuse('QUOTA_EXCEEDED', 'too many open jobs', 1000));
    END IF;
  END IF;
  PERFORM core.job_files_keep(jsonb_build_array(p_req));
  PERFORM core.cred_blob_put(v_tenant, decode(p_req ->> 'sha256', 'hex'), 'import', NULL, NULL);
  IF v_job IS NULL THEN
    a := core.ok(201, jsonb_build_object('blob', p_req -> 'sha256', 'size', p_req -> 'size'), jsonb_build_object('rate', c.rate));
  ELSE
    a := core.cred_accepted(core.cred_enqueue(c.id, v_tenant, p, v_job), p.lane);
  END IF;
  PERFORM core.idem_keep(c.id, 'cred_blob_put', p_req, a, (a.body ->> 'job_id')::uuid);
  RETURN a;
END $$;
