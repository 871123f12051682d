-- phase_note(jobs): write down the phase that each computation among these jobs is
-- in now, if it is another than the last one written.  Called in the transaction
-- that moved them, after it did: whoever moves a job holds its row of ready, later,
-- lease or computation, so nobody else numbers its phases meanwhile.
CREATE FUNCTION core.phase_note(p_jobs uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.phase (job_id, seq, principal, status, phase, reason, attempt)
  SELECT m.job_id, coalesce(l.seq, 0) + 1, m.principal, w.status, w.phase, w.reason_code, s.attempt
    FROM unnest(p_jobs) u JOIN core.computation m ON m.job_id = u
   CROSS JOIN LATERAL core.job_state(u) s
   CROSS JOIN LATERAL core.public_status(s.state, s.phase, s.reason, m.release_state, m.release_code) w
    LEFT JOIN LATERAL (SELECT p.seq, p.phase FROM core.phase p WHERE p.job_id = u ORDER BY p.seq DESC LIMIT 1) l ON true
   WHERE w.phase IS DISTINCT FROM l.phase
   ORDER BY u;
END $$;
