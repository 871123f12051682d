-- agg_collect_admit(task, request): which batch a new collection is for: refusal, or its batch id or
-- interval, and the collection that asked for the same one before.
CREATE FUNCTION core.agg_collect_admit(t core.agg_task, r jsonb, OUT batch bytea, OUT first bigint, OUT past bigint, OUT same_as bigint, OUT refusal core.answer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  q constant record := core.agg_query(t, r);
  b core.agg_batch;
  s core.agg_span;
  v_n bigint;
BEGIN
  batch := q.batch;
  first := q.first;
  past := q.past;
  refusal := q.refusal;
  IF refusal.err IS NOT NULL THEN
    RETURN;
  ELSIF t.mode = 2 AND (r ->> 'current')::boolean THEN
    b := core.agg_current(t);
    batch := b.batch_id;
  ELSIF t.mode = 2 THEN
    SELECT x.* INTO b FROM core.agg_batch x WHERE x.task_no = t.task_no AND x.batch_id = agg_collect_admit.batch AND x.state IN ('bound', 'collected');
  ELSE
    s := core.agg_overlap(t.task_no, first, past);
  END IF;
  IF t.mode = 2 AND b.batch_no IS NULL THEN
    refusal := core.refuse('batchInvalid', 'there is no such batch yet');
    RETURN;
  ELSIF (s.first, s.past) = (first, past) OR b.state IN ('bound', 'collected') THEN
    SELECT min(coalesce(c.same_as, c.collection_no)), count(*) INTO same_as, v_n FROM core.agg_collection c
     WHERE c.task_no = t.task_no AND c.batch_id IS NOT DISTINCT FROM agg_collect_admit.batch AND c.first IS NOT DISTINCT FROM agg_collect_admit.first
       AND c.past IS NOT DISTINCT FROM agg_collect_admit.past AND (NOT c.removed OR c.sent IS NOT NULL);
    refusal := core.agg_asked_again(t, v_n);
  END IF;
  IF same_as IS NULL AND core.agg_diverged(t.task_no, batch, first, past) THEN
    refusal := core.refuse('batchMismatch', 'the two aggregators do not agree on this batch');
  ELSIF (s.first, s.past) <> (first, past) THEN
    refusal := core.refuse('batchOverlap', 'the interval has time in common with another');
  END IF;
END $$;
