-- cred_finished(job, state): a credential job has ended, whatever ended it: what
-- was bound to it is settled, and what it took of a heavy lane is its submitter's.  An index that a failed job had is burnt; an offer
-- and a nonce that it had work once more, as nothing made with them left here.
-- What it staged goes with it.
CREATE FUNCTION core.cred_finished(p_job uuid, p_state text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_good constant boolean := p_state = 'completed';
  j core.cred_job;
BEGIN
  UPDATE core.cred_job x SET finished_at = clock_timestamp() WHERE x.job_id = p_job RETURNING x.* INTO j;
  IF core.lane_heavy(j.lane) THEN
    PERFORM core.lane_share_add(j.principal, d.started_at) FROM core.done d WHERE d.id = p_job AND d.started_at IS NOT NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM core.cred_kind k WHERE k.kind = j.kind AND k.binds) THEN
    RETURN;
  END IF;
  PERFORM core.tenant_enter('*');
  UPDATE core.rev_index i SET state = CASE WHEN v_good THEN 'issued' ELSE 'burnt' END WHERE i.job = p_job;
  UPDATE core.offer o SET used = v_good, job = CASE WHEN v_good THEN o.job END WHERE o.job = p_job;
  UPDATE core.request_nonce n SET used = v_good, job = CASE WHEN v_good THEN n.job END WHERE n.job = p_job;
  DELETE FROM core.wallet w WHERE w.job = p_job;
  PERFORM core.tenant_enter('');
END $$;
