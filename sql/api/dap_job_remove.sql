-- dap_job_remove(auth, {task_id, profile, job_id}): a leader gives its job up.  What was committed
-- stays: the ids of its reports are never taken again, and its sums count, so the batch
-- does not agree any more.  Again is harmless.
CREATE FUNCTION api.dap_job_remove(p_auth jsonb, p_req jsonb)
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
  IF j.job_no IS NULL THEN
    RETURN core.refuse('unrecognizedAggregationJob', 'no such job');
  END IF;
  PERFORM core.job_final(j.queue_id, 'cancelled', 'CANCELLED');
  UPDATE core.agg_job x SET state = 'deleted', request = NULL, response = NULL, answer = NULL, finished_at = coalesce(x.finished_at, clock_timestamp())
   WHERE x.job_no = j.job_no;
  PERFORM core.blob_loosen(array_remove(ARRAY[j.request, j.response], NULL));
  RETURN core.ok(204);
END $$;
