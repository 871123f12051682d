-- cred_page(caller, {kind, wallet, state, limit}, before): a page of
-- api.cred_job_list; next is where to go on, NULL at the end.
CREATE FUNCTION core.cred_page(c core.caller, r jsonb, p_before uuid, OUT rows jsonb, OUT next uuid)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  j core.cred_job;
  v_tenant constant text := core.tenant_of(c.id);
  v_limit constant int := coalesce((r ->> 'limit')::int, 50);
  v_kind constant smallint := (SELECT k.id FROM core.kind k WHERE k.name = r ->> 'kind');
  v_body jsonb;
  v_read int := 0;
BEGIN
  rows := '[]';
  FOR j IN SELECT x.* FROM core.cred_job x WHERE x.tenant = v_tenant AND x.job_id < p_before ORDER BY x.job_id DESC LIMIT 2001 LOOP
    IF jsonb_array_length(rows) >= v_limit OR v_read >= 2000 THEN
      RETURN;
    END IF;
    v_read := v_read + 1;
    IF (r ->> 'kind' IS NULL OR j.kind = v_kind) AND (r ->> 'wallet' IS NULL OR j.wallet_name = r ->> 'wallet') THEN
      v_body := core.cred_body(j, 'tenant') - 'result';
      IF r ->> 'state' IS NULL OR v_body ->> 'state' = r ->> 'state' THEN
        rows := rows || jsonb_build_array(v_body);
      END IF;
    END IF;
    next := j.job_id;
  END LOOP;
  next := NULL;
END $$;
