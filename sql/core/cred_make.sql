-- cred_make(lease, outcome): the writes of a run of a credential job that completed, in
-- their order, and its result.
CREATE FUNCTION core.cred_make(l core.lease, p_outcome jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r constant jsonb := p_outcome -> 'result';
  j core.cred_job;
  w jsonb;
BEGIN
  SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = l.id;
  PERFORM core.tenant_enter(j.tenant, j.wallet);
  PERFORM core.job_files_keep(p_outcome -> 'files');
  FOR w IN SELECT x FROM jsonb_array_elements(coalesce(r -> 'writes', '[]')) x LOOP
    j := core.cred_write(j, l.token, w);
  END LOOP;
  PERFORM core.cred_result_keep(j, r);
END $$;
