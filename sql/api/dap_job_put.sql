-- dap_job_put(auth, {task_id, profile, job_id, digest, count, mode, batch_id, blob}): a
-- leader's aggregation job.  The same body again, under the same id, is the same job,
-- whatever it has come to; another body under its id is a conflict.  Of profile 18 the
-- id follows from the body.  A job whose run ended without an answer gets another.
-- Two of one id at once: the second waits for the first (advisory lock 2003).
CREATE FUNCTION api.dap_job_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  f core.agg_found := core.agg_find(p_auth, p_req, 'helper', 'leader');
  t core.agg_task := f.t;
  v_digest constant bytea := decode(p_req ->> 'digest', 'hex');
  v_id uuid := core.id16(p_req ->> 'job_id');
  j core.agg_job;
BEGIN
  IF (f.refusal).err IS NOT NULL THEN
    RETURN f.refusal;
  ELSIF (p_req ->> 'mode')::int IS DISTINCT FROM t.mode::int THEN
    RETURN core.refuse('invalidMessage', 'the batch mode is not the task''s');
  END IF;
  PERFORM pg_advisory_xact_lock(2003, hashtext(t.task_no || coalesce(v_id::text, p_req ->> 'digest')));
  j := core.agg_job_find(t, v_id, v_digest);
  IF j.job_no IS NOT NULL AND j.digest <> v_digest THEN
    RETURN core.refuse('conflict', 'there is another job of this id');
  ELSIF j.state = 'deleted' AND v_id IS NOT NULL THEN
    RETURN core.refuse('unrecognizedAggregationJob', 'the job was removed');
  ELSIF j.job_no IS NULL OR j.state = 'deleted' THEN
    PERFORM core.job_files_keep(jsonb_build_array(p_req -> 'blob'));
    j := core.agg_job_take(t, coalesce(v_id, core.dap_id(t.task_id, v_digest, coalesce(j.generation + 1, 0))), coalesce(j.generation + 1, 0), p_req);
    RETURN core.agg_ringing(core.agg_job_answer(j, 201), 200);
  END IF;
  RETURN core.agg_job_revive(j, 201);
END $$;
