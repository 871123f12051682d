-- queue_view(job): estimates for a job that waits; empty when it does not.
CREATE FUNCTION core.queue_view(p_job uuid)
RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r core.ready;
BEGIN
  SELECT y.* INTO r FROM core.job j CROSS JOIN LATERAL core.ready_find(j) y WHERE j.id = p_job AND y.id = p_job;
  IF NOT FOUND THEN
    RETURN '{}';
  END IF;
  RETURN core.queue_place(core.queue_front(r.lane, r.band, false), r.rank, core.wait_reason(r.lane, r.tenant));
END $$;
