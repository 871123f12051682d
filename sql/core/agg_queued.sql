-- agg_queued(task, most): the first jobs of the queue that work on it, in their order.
CREATE FUNCTION core.agg_queued(p_task int, p_most int) RETURNS uuid[] LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN ARRAY(
    SELECT j.queue_id FROM core.agg_job j WHERE j.task_no = p_task AND j.state IN ('new', 'sent')
    UNION SELECT c.queue_id FROM core.agg_collection c WHERE c.task_no = p_task AND c.state IN ('waiting', 'closing') AND c.queue_id IS NOT NULL
    UNION SELECT v.queue_id FROM core.agg_served v WHERE v.task_no = p_task AND v.state = 'running' AND v.queue_id IS NOT NULL ORDER BY 1 LIMIT p_most);
END $$;
