-- ops.aggregate_peer: what was met at the other node of each task.
CREATE VIEW ops.aggregate_peer AS
SELECT core.b64u(t.task_id) AS task, CASE t.role WHEN 'leader' THEN t.spec ->> 'helper_url' ELSE t.spec ->> 'leader_url' END AS peer,
       p.answers, p.retries, round(p.mean_ms)::bigint AS mean_ms, p.status, p.last_error, p.error_at, p.at
  FROM core.agg_peer p JOIN core.agg_task t ON t.task_no = p.task_no ORDER BY t.task_no;
COMMENT ON VIEW ops.aggregate_peer IS 'what was met at the other node of each task';
COMMENT ON COLUMN ops.aggregate_peer.task IS 'its id, base64url';
COMMENT ON COLUMN ops.aggregate_peer.peer IS 'URL of the other node';
COMMENT ON COLUMN ops.aggregate_peer.answers IS 'requests that it answered';
COMMENT ON COLUMN ops.aggregate_peer.retries IS 'requests that are sent again';
COMMENT ON COLUMN ops.aggregate_peer.mean_ms IS 'time to its answers: mean with weight 1/8, milliseconds';
COMMENT ON COLUMN ops.aggregate_peer.status IS 'HTTP status of its last answer';
COMMENT ON COLUMN ops.aggregate_peer.last_error IS 'why a request was last sent again';
COMMENT ON COLUMN ops.aggregate_peer.error_at IS 'and when';
COMMENT ON COLUMN ops.aggregate_peer.at IS 'when it was last met';
