-- job_admit(leases): the last look before jobs are handed out.  Ends those that
-- waited past their expiry and the computations that core.compute_admit refuses,
-- and returns their ids.
CREATE FUNCTION core.job_admit(p_leases core.lease[]) RETURNS uuid[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r         record;
  v_refused uuid[] := '{}';
BEGIN
  FOR r IN
    SELECT l.id, CASE WHEN j.expires_at <= clock_timestamp() THEN 'QUEUE_EXPIRED'
                      WHEN l.kind = 1 THEN core.compute_admit(l.id) END AS reason
      FROM unnest(p_leases) l JOIN core.job j ON j.id = l.id
     WHERE l.kind = 1 OR j.expires_at IS NOT NULL
     ORDER BY l.id
  LOOP
    IF r.reason IS NOT NULL THEN
      PERFORM core.job_final(r.id, 'failed', r.reason);
      v_refused := v_refused || r.id;
    END IF;
  END LOOP;
  RETURN v_refused;
END $$;
