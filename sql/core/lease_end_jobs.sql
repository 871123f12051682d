-- lease_end_jobs(leases, asset, reason, actor): end what runs or waits under
-- these leases (and reads the asset, if one is named), and destroy what was not
-- released yet.  The caller has changed the lease rows in this transaction, so
-- no submit adds a job behind our back.  Returns the finished jobs it touched:
-- those that were open announce themselves.
CREATE FUNCTION core.lease_end_jobs(p_serials bigint[], p_asset bigint, p_reason text, p_actor text)
RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
  v_open uuid[];
  v_staged uuid[];
  v_job uuid;
BEGIN
  SELECT array_agg(m.job_id ORDER BY m.job_id) INTO v_open
    FROM core.data_lease l JOIN core.computation m ON m.principal = l.consumer AND m.serial = l.serial
   WHERE l.serial = ANY (p_serials) AND m.finished_at IS NULL
     AND (p_asset IS NULL OR p_asset = ANY (m.assets));
  FOREACH v_job IN ARRAY coalesce(v_open, '{}') LOOP
    PERFORM core.job_cancel(v_job, p_actor, p_reason, '{"by": "owner"}');
  END LOOP;
  -- a job that finished while we waited for it is among these
  WITH w AS (
    UPDATE core.computation m SET release_state = 'withheld', release_code = p_reason, updated_at = clock_timestamp()
     WHERE m.serial = ANY (p_serials) AND m.release_state = 'staged'
       AND (p_asset IS NULL OR p_asset = ANY (m.assets))
    RETURNING m.job_id)
  SELECT array_agg(w.job_id ORDER BY w.job_id) INTO v_staged FROM w;
  FOREACH v_job IN ARRAY coalesce(v_staged, '{}') LOOP
    UPDATE core.artifact a SET release_state = 'withheld' WHERE a.job_id = v_job AND a.release_state = 'staged';
    PERFORM core.output_destroy(v_job);
  END LOOP;
  PERFORM core.phase_note(v_staged);
  RETURN v_staged;
END $$;
