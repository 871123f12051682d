-- agg_collection_stop(collection): nobody waits for it any more.  The caller has ended its run in the
-- queue, which may have been followed by another (core.agg_finished), and holds core.agg_alone.
CREATE FUNCTION core.agg_collection_stop(c core.agg_collection) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.agg_collection x
     SET queue_id = NULL, leader_share = NULL, helper_share = NULL,
         state = CASE WHEN x.state IN ('waiting', 'closing') THEN 'failed' ELSE x.state END,
         word = CASE WHEN x.state IN ('waiting', 'closing') THEN 'batchInvalid' ELSE x.word END, finished_at = coalesce(x.finished_at, clock_timestamp())
   WHERE x.collection_no = c.collection_no;
  IF c.state IN ('waiting', 'closing') AND c.same_as IS NULL THEN
    PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, CASE WHEN c.sent IS NULL THEN 'open' ELSE 'collected' END);
    IF c.sent IS NOT NULL THEN
      PERFORM core.agg_parts_scrub(c.task_no, c.batch_id, c.first, c.past);
    END IF;
    PERFORM core.job_final(c.queue_id, 'cancelled', 'CANCELLED');
  END IF;
END $$;
