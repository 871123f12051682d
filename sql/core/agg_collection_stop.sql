-- agg_collection_stop(collection): nobody waits for it any more.
CREATE FUNCTION core.agg_collection_stop(c core.agg_collection) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_queue constant uuid := c.queue_id;
BEGIN
  UPDATE core.agg_collection x SET queue_id = NULL, leader_share = NULL, helper_share = NULL WHERE x.collection_no = c.collection_no;
  IF v_queue IS NOT NULL THEN
    PERFORM core.job_final(v_queue, 'cancelled', 'CANCELLED');
  END IF;
  PERFORM core.agg_alone(c.task_no);
  SELECT x.* INTO c FROM core.agg_collection x WHERE x.collection_no = c.collection_no;
  IF c.state IN ('waiting', 'closing') AND c.same_as IS NULL THEN
    UPDATE core.agg_collection x SET state = 'failed', word = 'batchInvalid', finished_at = clock_timestamp() WHERE x.collection_no = c.collection_no;
    PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, CASE WHEN c.sent IS NULL THEN 'open' ELSE 'collected' END);
  END IF;
END $$;
