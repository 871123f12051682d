-- agg_job_find(task, id, digest): the helper's job that a leader means: by its id, or of
-- profile 18 by the digest of its body, of which the last one counts.
CREATE FUNCTION core.agg_job_find(t core.agg_task, p_id uuid, p_digest bytea) RETURNS core.agg_job LANGUAGE plpgsql STABLE AS $$
DECLARE
  j core.agg_job;
BEGIN
  IF p_id IS NOT NULL THEN
    SELECT x.* INTO j FROM core.agg_job x WHERE x.task_no = t.task_no AND x.job_id = p_id;
  ELSE
    SELECT x.* INTO j FROM core.agg_job x WHERE x.task_no = t.task_no AND x.digest = p_digest ORDER BY x.generation DESC LIMIT 1;
  END IF;
  RETURN j;
END $$;
