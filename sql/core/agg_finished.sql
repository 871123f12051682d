-- agg_finished(job, state): a job of the queue has ended, but not by a run that completed and
-- made its writes.  What it was about has not: a leader's job may have reached the helper, so
-- it is tried again for good, a minute later, and ops.aggregate_task shows it; a helper's is made anew
-- when the leader asks again.  Of a task that is over nothing follows.
CREATE FUNCTION core.agg_finished(p_job uuid, p_state text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_due constant timestamptz := clock_timestamp() + interval '60 s';
  k smallint;
  s jsonb;
  v_over boolean;
BEGIN
  SELECT j.kind, j.spec INTO k, s FROM core.job j WHERE j.id = p_job;
  v_over := EXISTS (SELECT FROM core.agg_task t WHERE t.task_no = (s ->> 'task_no')::int AND core.agg_over(t));
  UPDATE core.agg_job j SET queue_id = core.enqueue(k, 0, s, p_due => v_due)
   WHERE j.job_no = (s ->> 'job_no')::bigint AND j.queue_id = p_job AND j.state IN ('new', 'sent') AND j.request IS NULL AND NOT v_over;
  UPDATE core.agg_collection c SET queue_id = core.enqueue(k, 0, s, p_due => v_due)
   WHERE c.collection_no = (s ->> 'collection')::bigint AND c.queue_id = p_job AND c.state IN ('waiting', 'closing') AND NOT v_over;
  UPDATE core.agg_segment g SET job = NULL WHERE g.serial = (s ->> 'segment')::bigint AND g.job = p_job;
END $$;
