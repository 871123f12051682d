-- retain_step(job, spec): one bounded step of retention, for job_step; NULL
-- while something may be left.  Order: what belongs to computations and to
-- credential jobs first, then
-- what only the queue remembers.
CREATE FUNCTION core.retain_step(p_job uuid, p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_n bigint := core.compute_retain_step() + core.cred_retain_step();
BEGIN
  IF v_n = 0 THEN
    v_n := core.queue_retain_step();
  END IF;
  IF v_n > 0 THEN
    RETURN NULL;
  END IF;
  RETURN '{"state": "completed", "started": true}';
END $$;
