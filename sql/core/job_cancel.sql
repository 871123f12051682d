-- job_cancel(id, actor, reason, outcome): end an open job on somebody's word,
-- in any phase; again is harmless.  Returns its final state, NULL if unknown.
-- Reason CANCELLED makes it cancelled, any other (LEASE_REVOKED, ...) failed.
-- outcome says more, such as {"by": "owner"}.
CREATE FUNCTION core.job_cancel(p_id uuid, p_actor text, p_reason text DEFAULT 'CANCELLED', p_outcome jsonb DEFAULT NULL)
RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_before text := (SELECT d.state FROM core.done d WHERE d.id = p_id);
  v_after  text;
BEGIN
  IF v_before IS NOT NULL THEN
    RETURN v_before;
  END IF;
  v_after := core.job_final(p_id, CASE p_reason WHEN 'CANCELLED' THEN 'cancelled' ELSE 'failed' END, p_reason, p_outcome);
  IF v_after IS NOT NULL THEN
    PERFORM core.event_add(p_actor, 'job.cancelled', core.job_name(p_id), jsonb_build_object('reason', p_reason, 'state', v_after));
  END IF;
  RETURN v_after;
END $$;
