-- job_take(job): take an open job out of ready, later or lease and return the
-- beginnings of its done row; all NULL when it is in none of them.  Its worker,
-- if it has one, is told to kill it.  The ready key is probed by its prefix: a
-- tenant has at most open_jobs_max rows there.
CREATE FUNCTION core.job_take(p_job core.job) RETURNS core.done LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_done core.done;
BEGIN
  DELETE FROM core.ready r
   WHERE r.seg IN (0, 1) AND r.lane = p_job.lane AND r.band IN (0, 1, 2, 3) AND r.tenant = p_job.principal AND r.id = p_job.id
  RETURNING r.attempt, r.crashes INTO v_done.attempt, v_done.crashes;
  IF NOT FOUND THEN
    DELETE FROM core.later l WHERE l.id = p_job.id
    RETURNING l.attempt, l.crashes INTO v_done.attempt, v_done.crashes;
  END IF;
  IF NOT FOUND THEN
    DELETE FROM core.lease l WHERE l.id = p_job.id
    RETURNING l.attempt, l.crashes, l.worker, l.started_at
      INTO v_done.attempt, v_done.crashes, v_done.worker, v_done.started_at;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    PERFORM pg_notify('w' || v_done.worker, 'kill ' || p_job.id);
  END IF;
  v_done.id := p_job.id;
  v_done.principal := p_job.principal;
  v_done.kind := p_job.kind;
  RETURN v_done;
END $$;
