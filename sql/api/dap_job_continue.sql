-- dap_job_continue(auth, {task_id, profile, job_id, step}): Prio3 ends with its first step, so no
-- other is right.
CREATE FUNCTION api.dap_job_continue(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  f constant core.agg_found := core.agg_find(p_auth, p_req, 'helper', 'leader');
  j core.agg_job;
BEGIN
  IF (f.refusal).err IS NOT NULL THEN
    RETURN f.refusal;
  END IF;
  j := core.agg_job_find(f.t, core.id16(p_req ->> 'job_id'), NULL);
  IF j.job_no IS NULL OR j.state = 'deleted' THEN
    RETURN core.refuse('unrecognizedAggregationJob', 'no such job');
  END IF;
  RETURN core.refuse('stepMismatch', 'the job has no further step');
END $$;
