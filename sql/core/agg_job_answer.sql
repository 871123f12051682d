-- agg_job_answer(job, status): what a leader is told of its job.  One that was committed is never said to
-- be unknown, as its leader might take its reports for free: without its answer the node is not able to.
CREATE FUNCTION core.agg_job_answer(j core.agg_job, p_status int) RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_extra jsonb := jsonb_build_object('job_id', core.id16_text(j.job_id));
BEGIN
  IF j.state = 'failed' THEN
    RETURN core.refuse(coalesce(j.problem, 'unavailable'), 'the job failed');
  ELSIF j.state <> 'done' THEN
    RETURN core.ok(202, NULL, v_extra || jsonb_build_object('wait_id', j.queue_id, 'final', false));
  ELSIF j.response IS NOT NULL THEN
    RETURN core.ok(p_status, NULL, v_extra || jsonb_build_object('final', true, 'blob',
      core.agg_blob_file('response', j.response) || '{"media_type": "application/octet-stream"}'));
  ELSIF j.answer IS NULL THEN
    RETURN core.refuse('unavailable', 'its answer is kept no longer');
  END IF;
  RETURN core.ok(p_status, NULL, v_extra || jsonb_build_object('final', true, 'data_b64', core.b64(j.answer)));
END $$;
