-- job_admit(job, kind, expires at): the last look before a claimed job is handed
-- out.  False: it waited past its expiry, or core.compute_admit refuses it, and
-- it has been ended.  Ask in the order of ids.
CREATE FUNCTION core.job_admit(p_id uuid, p_kind smallint, p_expires_at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_reason text := CASE WHEN p_expires_at <= clock_timestamp() THEN 'QUEUE_EXPIRED'
                        WHEN p_kind IN (1, 11) THEN core.compute_admit(p_id) END;
BEGIN
  IF v_reason IS NULL THEN
    RETURN true;
  END IF;
  PERFORM core.job_final(p_id, 'failed', v_reason);
  RETURN false;
END $$;
