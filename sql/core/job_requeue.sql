-- job_requeue(leases, uncount): jobs whose leases the caller has just deleted go
-- back to the queue with the rank they had.  uncount: a run that never
-- reached its first line does not count as an attempt.
CREATE FUNCTION core.job_requeue(p_leases core.lease[], p_uncount boolean) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, attempt, crashes, timeout_ms)
  SELECT s.current, l.lane, l.band, l.tenant, l.rank, l.id, l.kind, l.attempt - (p_uncount AND l.started_at IS NULL)::int, l.crashes, l.timeout_ms
    FROM unnest(p_leases) l, core.segment s;
  PERFORM core.phase_note(ARRAY(SELECT l.id FROM unnest(p_leases) l WHERE l.kind = 1));
END $$;
