-- ops.aggregate_collection: what collectors asked a leader for, and leaders a helper.
CREATE VIEW ops.aggregate_collection AS
SELECT core.b64u(t.task_id) AS task, x.role, core.id16_text(x.id) AS collection,
       CASE WHEN x.batch_id IS NULL THEN concat_ws('/', x.first, x.past - x.first) ELSE core.b64u(x.batch_id) END AS batch,
       x.state, x.sent, x.tries, x.since, extract(epoch FROM coalesce(x.finished_at, clock_timestamp()) - x.since)::bigint AS age_s, x.location, x.problem, x.count,
       x.finished_at, core.job_name(x.queue_id) AS run
  FROM (SELECT c.task_no, 'leader' AS role, c.collection_id AS id, c.batch_id, c.first, c.past, CASE WHEN c.removed AND c.state NOT IN ('waiting', 'closing') THEN 'removed' ELSE c.state END AS state, c.sent IS NOT NULL AS sent, c.tries,
               c.created_at AS since, c.location, c.word AS problem, c.count, c.finished_at, c.queue_id
          FROM core.agg_collection c WHERE c.same_as IS NULL
        UNION ALL
        SELECT v.task_no, 'helper', v.share_id, v.batch_id, v.first, v.past, CASE WHEN v.removed AND v.state <> 'running' THEN 'removed' ELSE v.state END, NULL, NULL,
               v.created_at, NULL, v.word, v.count, v.finished_at, v.queue_id
          FROM core.agg_served v) x
  JOIN core.agg_task t ON t.task_no = x.task_no
 ORDER BY x.finished_at IS NOT NULL, x.since;
COMMENT ON VIEW ops.aggregate_collection IS 'what collectors asked a leader for and leaders a helper: those that have not ended first, the oldest of them first';
COMMENT ON COLUMN ops.aggregate_collection.task IS 'its task, base64url';
COMMENT ON COLUMN ops.aggregate_collection.role IS 'of this node';
COMMENT ON COLUMN ops.aggregate_collection.collection IS 'its id, base64url: of a helper that of the request for a share';
COMMENT ON COLUMN ops.aggregate_collection.batch IS 'start/duration, seconds since 1970, or a batch id';
COMMENT ON COLUMN ops.aggregate_collection.state IS 'waiting: its batch is open; closing: it is being summed up; running: of a helper; done, failed; removed: after its end (before it, another asker or its helper keeps it at work)';
COMMENT ON COLUMN ops.aggregate_collection.sent IS 'the helper may have given its share';
COMMENT ON COLUMN ops.aggregate_collection.tries IS 'runs that the helper let wait';
COMMENT ON COLUMN ops.aggregate_collection.since IS 'when it was asked for';
COMMENT ON COLUMN ops.aggregate_collection.age_s IS 'seconds that it has taken';
COMMENT ON COLUMN ops.aggregate_collection.location IS 'where the helper said that it will answer (draft 18)';
COMMENT ON COLUMN ops.aggregate_collection.problem IS 'failed: the word that who asked is told';
COMMENT ON COLUMN ops.aggregate_collection.count IS 'reports in the batch, once that is known';
COMMENT ON COLUMN ops.aggregate_collection.finished_at IS 'when it ended';
COMMENT ON COLUMN ops.aggregate_collection.run IS 'the job of the queue that works on it, as in ops.running and ops.failures';
