-- agg_job_revive(job): the answer to a leader that asks for its job; a job whose run ended without
-- an answer is queued again.  One that was answered since the caller looked, or that another call has
-- queued, is left as it is.
CREATE FUNCTION core.agg_job_revive(j core.agg_job, p_status int) RETURNS core.answer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_again boolean;
BEGIN
  IF j.state = 'new' AND core.agg_lost(j.queue_id) THEN
    UPDATE core.agg_job x SET queue_id = core.enqueue(200::smallint, 0, jsonb_build_object('task_no', x.task_no, 'job_no', x.job_no))
     WHERE x.job_no = j.job_no AND x.queue_id = j.queue_id AND x.state = 'new';
    v_again := FOUND;
    SELECT x.* INTO STRICT j FROM core.agg_job x WHERE x.job_no = j.job_no;
    IF v_again THEN
      RETURN core.agg_ringing(core.agg_job_answer(j, p_status), 200);
    END IF;
  END IF;
  RETURN core.agg_job_answer(j, p_status);
END $$;
