-- agg_share_admit(task, request): may a leader have our sum of this batch?  refusal; or the
-- batch, and the answer that was given for it before, if it may be given again.  In this
-- order: boundary, size, overlap, count and checksum.
CREATE FUNCTION core.agg_share_admit(t core.agg_task, r jsonb, OUT batch bytea, OUT first bigint, OUT past bigint, OUT share bytea, OUT refusal core.answer) LANGUAGE plpgsql STABLE AS $$
DECLARE
  q constant record := core.agg_query(t, r);
  v_count constant bigint := (r ->> 'count')::bigint;
  v_checksum constant bit(256) := core.bits256(decode(r ->> 'checksum', 'hex'));
  s core.agg_span;
  p core.agg_served;
  v record;
BEGIN
  batch := q.batch;
  first := q.first;
  past := q.past;
  refusal := q.refusal;
  IF refusal.err IS NOT NULL THEN
    RETURN;
  ELSIF t.mode = 2 AND NOT EXISTS (SELECT FROM core.agg_bucket b WHERE b.task_no = t.task_no AND b.bucket = agg_share_admit.batch) THEN
    refusal := core.refuse('batchInvalid', 'there is no such batch');
    RETURN;
  ELSIF v_count < t.min_batch_size THEN
    refusal := core.refuse('invalidBatchSize', 'the batch is below the minimum');
    RETURN;
  ELSIF v_count > core.agg_count_max(t) THEN
    refusal := core.refuse('invalidBatchSize', 'the batch is above the maximum');
    RETURN;
  END IF;
  SELECT x.* INTO p FROM core.agg_served x
   WHERE x.task_no = t.task_no AND x.batch_id IS NOT DISTINCT FROM agg_share_admit.batch AND x.first IS NOT DISTINCT FROM agg_share_admit.first
     AND x.past IS NOT DISTINCT FROM agg_share_admit.past AND x.state <> 'failed' ORDER BY x.served_no LIMIT 1;
  v := core.agg_sum(t.task_no, batch, first, past);
  IF p.served_no IS NOT NULL THEN
    refusal := core.agg_asked_again(t, (SELECT count(*) FROM core.agg_served x WHERE x.task_no = t.task_no AND x.batch_id IS NOT DISTINCT FROM agg_share_admit.batch
                 AND x.first IS NOT DISTINCT FROM agg_share_admit.first AND x.past IS NOT DISTINCT FROM agg_share_admit.past));
    share := p.share;
  ELSIF t.mode = 1 THEN
    s := core.agg_overlap(t.task_no, first, past);
    IF s.task_no IS NOT NULL THEN
      refusal := core.refuse('batchOverlap', 'the interval has time in common with another');
    END IF;
  END IF;
  IF refusal.err IS NULL AND ((v.count, v.checksum) IS DISTINCT FROM (v_count, v_checksum) OR p.served_no IS NOT NULL AND p.share IS NULL
                              OR core.agg_diverged(t.task_no, batch, first, past)) THEN
    refusal := core.refuse('batchMismatch', format('this aggregator has %s reports', v.count));
  END IF;
END $$;
