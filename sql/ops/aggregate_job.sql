-- ops.aggregate_job: aggregation jobs that have not ended, and those that failed: what api.agg_job_abandon is told.
CREATE VIEW ops.aggregate_job AS
SELECT core.b64u(t.task_id) AS task, core.id16_text(j.job_id) AS job, t.role,
       CASE t.mode WHEN 1 THEN core.agg_bucket_first(j.bucket)::text ELSE core.b64u(j.bucket) END AS bucket,
       j.state, j.n AS reports, j.tries, coalesce(j.since, j.created_at) AS since, extract(epoch FROM clock_timestamp() - coalesce(j.since, j.created_at))::bigint AS age_s,
       j.location, j.problem, j.finished_at, core.job_name(j.queue_id) AS run
  FROM core.agg_job j JOIN core.agg_task t ON t.task_no = j.task_no
 WHERE j.state IN ('new', 'sent', 'failed')
 ORDER BY j.state = 'failed', j.job_no;
COMMENT ON VIEW ops.aggregate_job IS 'aggregation jobs that have not ended, the oldest first, and those that failed';
COMMENT ON COLUMN ops.aggregate_job.task IS 'its task, base64url';
COMMENT ON COLUMN ops.aggregate_job.job IS 'its id, base64url: with the task what api.agg_job_abandon is told';
COMMENT ON COLUMN ops.aggregate_job.role IS 'of this node: a leader asks for it, a helper answers';
COMMENT ON COLUMN ops.aggregate_job.bucket IS 'what it adds to: the start of a bucket of time, seconds since 1970, or a batch id; none: a helper''s, of several';
COMMENT ON COLUMN ops.aggregate_job.state IS 'new; sent: the helper may have committed it; failed';
COMMENT ON COLUMN ops.aggregate_job.reports IS 'reports in it';
COMMENT ON COLUMN ops.aggregate_job.tries IS 'runs that the other node let wait';
COMMENT ON COLUMN ops.aggregate_job.since IS 'when it was made; of reports that were given back the upload of the oldest';
COMMENT ON COLUMN ops.aggregate_job.age_s IS 'seconds since then';
COMMENT ON COLUMN ops.aggregate_job.location IS 'where the helper said that it will answer (draft 18)';
COMMENT ON COLUMN ops.aggregate_job.problem IS 'failed: the word of the helper, or abandoned';
COMMENT ON COLUMN ops.aggregate_job.finished_at IS 'failed: when';
COMMENT ON COLUMN ops.aggregate_job.run IS 'the job of the queue that works on it, as in ops.running and ops.failures';
