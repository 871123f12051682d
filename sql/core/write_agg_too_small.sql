-- write_agg_too_small: the batch came to less than the minimum: it is open again.
CREATE FUNCTION core.write_agg_too_small(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  c constant core.agg_collection := core.agg_closing(s);
BEGIN
  IF c.sent IS NOT NULL THEN
    PERFORM core.job_fail('INTERNAL', 'the helper was asked for this batch already');
  END IF;
  UPDATE core.agg_collection x SET state = 'waiting', tries = x.tries + 1 WHERE x.collection_no = c.collection_no;
  PERFORM core.agg_mark(c.task_no, c.batch_id, c.first, c.past, 'waiting');
END $$;
