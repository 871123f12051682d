-- cred_settle(job, since, good): what was bound to a job that has ended.  An index
-- that a failed job had is burnt; an offer and a nonce that it had work once
-- more, as nothing made with them left here; what it staged goes.  What it took
-- of a heavy lane since it began is its submitter's.
CREATE FUNCTION core.cred_settle(j core.cred_job, p_since timestamptz, p_good boolean) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF p_since IS NOT NULL AND core.lane_heavy(j.lane) THEN
    PERFORM core.lane_share_add(j.principal, p_since);
  END IF;
  PERFORM FROM core.cred_kind k WHERE k.kind = j.kind AND k.binds;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM core.tenant_enter('*');
  UPDATE core.rev_index i SET state = CASE WHEN p_good THEN 'issued' ELSE 'burnt' END WHERE i.job = j.job_id;
  UPDATE core.offer o SET used = p_good, job = CASE WHEN p_good THEN o.job END WHERE o.job = j.job_id;
  UPDATE core.request_nonce n SET used = p_good, job = CASE WHEN p_good THEN n.job END WHERE n.job = j.job_id;
  DELETE FROM core.wallet w WHERE w.job = j.job_id;
  PERFORM core.tenant_enter('');
END $$;
