-- agg_collection_fail(collection, word): it ends with a problem; its batch is never given out.  Its sums stay
-- sealed until the task goes: they are what the two nodes can look at together.
CREATE FUNCTION core.agg_collection_fail(c core.agg_collection, p_word text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.agg_collection x SET state = 'failed', word = p_word, finished_at = clock_timestamp() WHERE x.collection_no = c.collection_no;
  PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, 'collected');
END $$;
