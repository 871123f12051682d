-- cred_write(job, token, write): make one write of a result, by its op's function, if
-- its kind may.
-- Returns the job, which has its wallet from wallet_new on.
CREATE FUNCTION core.cred_write(j core.cred_job, p_token uuid, w jsonb) RETURNS core.cred_job LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_op core.job_op;
BEGIN
  SELECT o.* INTO v_op FROM core.job_op o, core.kind k WHERE o.op = w ->> 'op' AND k.id = j.kind AND k.name ~ o.kinds;
  IF NOT FOUND OR v_op.in_wallet AND j.wallet IS NULL THEN
    PERFORM core.job_fail('INTERNAL', NULL);
  END IF;
  EXECUTE format('SELECT core.%I($1, $2, $3)', 'write_' || v_op.op) USING j, p_token, w;
  IF v_op.makes_wallet THEN
    SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = j.job_id;
    PERFORM core.tenant_enter(j.tenant, j.wallet);
  END IF;
  RETURN j;
END $$;
