-- job_wait(lease, wait in ms): a run said that its job waits for somebody outside; the
-- caller has just deleted its lease.  It runs again then (1 ms to an hour), and no
-- attempt is counted.
CREATE FUNCTION core.job_wait(l core.lease, p_wait_ms bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.later (due, id, lane, band, tenant, rank, kind, attempt, crashes, timeout_ms, why)
  VALUES (clock_timestamp() + greatest(1, least(coalesce(p_wait_ms, 60000), 3600000)) * interval '1 ms', l.id, l.lane, l.band, l.tenant, l.rank,
          l.kind, l.attempt - 1, l.crashes, l.timeout_ms, 'snooze');
END $$;
