-- 0044_aggregate_batch: batches as they are kept from now on: one that lost reports below the
-- minimum is not full, and what diverged takes no more reports.
UPDATE core.agg_batch b SET state = 'filling' FROM core.agg_task t WHERE t.task_no = b.task_no AND b.state = 'full' AND b.assigned < t.min_batch_size;
UPDATE core.agg_batch b SET state = 'collected', short = false FROM core.agg_bucket x WHERE x.task_no = b.task_no AND x.bucket = b.batch_id AND x.state = 'diverged';
INSERT INTO core.agg_span (task_no, first, past, state)
SELECT t.task_no, v.first, v.first + t.precision_s, 'collected'
  FROM core.agg_bucket x JOIN core.agg_task t USING (task_no) CROSS JOIN LATERAL (SELECT ('x' || encode(x.bucket, 'hex'))::bit(64)::bigint AS first) v
 WHERE x.state = 'diverged' AND t.mode = 1 AND t.role = 'leader'
   AND NOT EXISTS (SELECT FROM core.agg_span s WHERE s.task_no = t.task_no AND s.first < v.first + t.precision_s AND s.past > v.first);
