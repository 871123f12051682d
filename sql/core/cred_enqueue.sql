-- cred_enqueue(principal, tenant, plan, request): the rows of a job that
-- core.cred_plan admits; its id.  The caller rings its lane after the commit.
CREATE FUNCTION core.cred_enqueue(p_principal int, p_tenant text, p core.cred_plan, r jsonb) RETURNS uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now  constant timestamptz := clock_timestamp();
  v_id   constant uuid := core.job_id((r ->> 'job_id')::uuid);
  v_spec jsonb := jsonb_build_object('kind', p.kind_name, 'args', coalesce(nullif(r -> 'args', 'null'), '{}'));
BEGIN
  IF r ->> 'sealed' IS NOT NULL THEN
    v_spec := v_spec || jsonb_build_object('sealed', r -> 'sealed');
  END IF;
  IF p.wallet_name IS NOT NULL THEN
    v_spec := v_spec || jsonb_build_object('wallet', p.wallet_name);
  END IF;
  INSERT INTO core.job (id, principal, kind, lane, max_attempts, timeout_ms, created_at, spec)
  VALUES (v_id, p_principal, p.kind, p.lane, p.max_attempts, p.timeout_ms, v_now, v_spec);
  INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms, spec)
  SELECT s.current, p.lane, 1, p_principal, core.rank_at(v_now, 0), v_id, p.kind, p.timeout_ms,
         CASE WHEN pg_column_size(v_spec) <= 1000 THEN v_spec END     -- most are claimed without a look into core.job
    FROM core.segment s;
  INSERT INTO core.cred_job (job_id, principal, tenant, kind, lane, wallet, wallet_name, unlock)
  VALUES (v_id, p_principal, p_tenant, p.kind, p.lane, p.wallet, p.wallet_name, decode(r ->> 'unlock_sha256', 'hex'));
  RETURN v_id;
END $$;
