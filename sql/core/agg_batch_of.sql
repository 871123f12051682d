-- agg_batch_of(subject): the batch that a collection or an aggregate share is about.
CREATE FUNCTION core.agg_batch_of(s core.agg_subject, OUT batch bytea, OUT first bigint, OUT past bigint, OUT state text) LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF s.collection IS NOT NULL THEN
    SELECT c.batch_id, c.first, c.past, c.state INTO batch, first, past, state FROM core.agg_collection c WHERE c.collection_no = s.collection;
  ELSE
    SELECT v.batch_id, v.first, v.past, 'closing' INTO batch, first, past, state FROM core.agg_served v WHERE v.served_no = s.served;
  END IF;
END $$;
