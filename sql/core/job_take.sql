-- job_take(job): take an open job out of ready, later or lease and return the
-- beginnings of its done row; all NULL when it is in none of them.  Its worker,
-- if it has one, is told to kill it.
CREATE FUNCTION core.job_take(p_job core.job) RETURNS core.done LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_done  core.done;
  v_ready core.ready;
BEGIN
  v_ready := core.ready_find(p_job);
  DELETE FROM core.ready r
   WHERE r.seg = v_ready.seg AND r.lane = v_ready.lane AND r.band = v_ready.band AND r.tenant = v_ready.tenant
     AND r.rank = v_ready.rank AND r.id = v_ready.id
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
