-- ops.aggregate_task: tasks of the aggregate service, and where their reports are.
CREATE VIEW ops.aggregate_task AS
SELECT core.b64u(t.task_id) AS task, t.profile, t.role, CASE t.mode WHEN 1 THEN 'time_interval' ELSE 'fixed_size' END AS mode,
       CASE WHEN t.removed_at IS NOT NULL THEN 'removed' WHEN t.expires_at <= extract(epoch FROM clock_timestamp()) THEN 'expired' ELSE 'open' END AS state,
       w.n AS waiting, extract(epoch FROM clock_timestamp() - w.at)::bigint AS oldest_waiting_s, j.n AS jobs, j.reports AS in_jobs,
       extract(epoch FROM clock_timestamp() - j.at)::bigint AS oldest_job_s,
       coalesce((k.upload ->> 'stored')::bigint, 0) AS stored, coalesce((k.aggregate ->> 'accepted')::bigint, 0) AS aggregated,
       coalesce(k.upload - '{stored,repeated}'::text[], '{}') AS refused, coalesce(k.aggregate - '{accepted,given_back}'::text[], '{}') AS rejected,
       b.open AS buckets_open, b.closing AS buckets_closing, b.collected AS buckets_collected, b.diverged AS buckets_diverged,
       (SELECT count(*) FROM core.agg_collection c WHERE c.task_no = t.task_no AND c.state IN ('waiting', 'closing')) AS collections
  FROM core.agg_task t
  CROSS JOIN LATERAL (SELECT count(*) AS n, min(coalesce(s.since, s.at)) AS at FROM core.agg_stored s WHERE s.task_no = t.task_no) w
  CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(sum(x.n), 0) AS reports, min(x.created_at) AS at FROM core.agg_job x
                       WHERE x.task_no = t.task_no AND x.state IN ('new', 'sent')) j
  CROSS JOIN LATERAL (SELECT jsonb_object_agg(y.word, y.n) FILTER (WHERE y.stage = 'upload') AS upload, jsonb_object_agg(y.word, y.n) FILTER (WHERE y.stage = 'aggregate') AS aggregate
                        FROM (SELECT x.stage, x.word, sum(x.n) AS n FROM core.agg_counter x WHERE x.task_no = t.task_no GROUP BY 1, 2) y) k
  CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE x.state = 'open') AS open, count(*) FILTER (WHERE x.state = 'closing') AS closing,
                             count(*) FILTER (WHERE x.state = 'collected') AS collected, count(*) FILTER (WHERE x.state = 'diverged') AS diverged
                        FROM core.agg_bucket x WHERE x.task_no = t.task_no) b
 ORDER BY t.task_no;
COMMENT ON VIEW ops.aggregate_task IS 'tasks of the aggregate service, and where their reports are';
COMMENT ON COLUMN ops.aggregate_task.task IS 'its id, base64url';
COMMENT ON COLUMN ops.aggregate_task.profile IS 'of DAP: 09 or 18';
COMMENT ON COLUMN ops.aggregate_task.role IS 'of this node: leader, helper or collector';
COMMENT ON COLUMN ops.aggregate_task.mode IS 'time_interval or fixed_size';
COMMENT ON COLUMN ops.aggregate_task.state IS 'open, expired, or removed: it takes no uploads';
COMMENT ON COLUMN ops.aggregate_task.waiting IS 'reports that wait for an aggregation job';
COMMENT ON COLUMN ops.aggregate_task.oldest_waiting_s IS 'seconds that the oldest of them has waited';
COMMENT ON COLUMN ops.aggregate_task.jobs IS 'aggregation jobs that have not ended';
COMMENT ON COLUMN ops.aggregate_task.in_jobs IS 'reports in these';
COMMENT ON COLUMN ops.aggregate_task.oldest_job_s IS 'seconds since the oldest of these was made: see ops.aggregate_job';
COMMENT ON COLUMN ops.aggregate_task.stored IS 'reports that were taken from clients';
COMMENT ON COLUMN ops.aggregate_task.aggregated IS 'reports that both nodes accepted';
COMMENT ON COLUMN ops.aggregate_task.refused IS 'reports that were not taken, by the word that clients were told';
COMMENT ON COLUMN ops.aggregate_task.rejected IS 'reports that an aggregation rejected, by the word of the prepare error';
COMMENT ON COLUMN ops.aggregate_task.buckets_open IS 'buckets with sums whose batch was not asked for';
COMMENT ON COLUMN ops.aggregate_task.buckets_closing IS 'buckets of batches that are being collected';
COMMENT ON COLUMN ops.aggregate_task.buckets_collected IS 'buckets that were collected; their sums are scrubbed';
COMMENT ON COLUMN ops.aggregate_task.buckets_diverged IS 'buckets on which the nodes may not agree: never collected';
COMMENT ON COLUMN ops.aggregate_task.collections IS 'collections that run';
