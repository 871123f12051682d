-- lease_overdue(): the net below the workers' own timers: a run that is a minute
-- past its deadline ends as TIMEOUT, whatever its worker believes.
CREATE FUNCTION core.lease_overdue() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r    record;
  v_n  bigint := 0;
BEGIN
  FOR r IN SELECT l.id, l.kind FROM core.lease l WHERE l.deadline < clock_timestamp() - interval '60 s' ORDER BY l.id LOOP
    PERFORM core.job_final(r.id, 'failed', CASE r.kind WHEN 11 THEN 'CODE_UNAVAILABLE' ELSE 'TIMEOUT' END);
    v_n := v_n + 1;
  END LOOP;
  RETURN v_n;
END $$;
