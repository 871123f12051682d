-- compute_plans(calls): script and plan of each call that is not decided and has
-- none yet, or its refusal.  Calls of one principal and shape share a plan.
CREATE FUNCTION core.compute_plans(p core.compute_call[])
RETURNS core.compute_call[] LANGUAGE plpgsql AS $$
DECLARE
  v_shapes jsonb[] := '{}';
  v_plans core.compute_plan[] := '{}';
  v_shape jsonb;
  k int;
  s record;
BEGIN
  FOR i IN 1 .. cardinality(p) LOOP
    CONTINUE WHEN core.decided((p[i]).answer) OR ((p[i]).plan).serial IS NOT NULL;
    s := core.compute_own((p[i]).principal, (p[i]).req);
    IF s.why IS NOT NULL THEN
      p[i].answer := core.refuse('VALIDATION_ERROR', s.why);
      CONTINUE;
    END IF;
    v_shape := (p[i]).req - '{request_id,idem_key,idem_digest,job_id,public_id,script,params,queue_ttl_s,label}'::text[]
               || jsonb_build_object('principal', (p[i]).principal);
    k := array_position(v_shapes, v_shape);
    IF k IS NULL THEN
      k := cardinality(v_shapes) + 1;
      v_shapes[k] := v_shape;
      v_plans[k] := core.compute_plan((p[i]).principal, v_shape);
    END IF;
    p[i].script := s.sha256;
    p[i].plan := v_plans[k];
    p[i].answer := (v_plans[k]).refusal;
  END LOOP;
  RETURN p;
END $$;
