-- ops.failures: jobs of the last day that did not complete, the newest first.
CREATE VIEW ops.failures AS
SELECT core.job_name(d.id) AS job, k.name AS kind, coalesce(p.name, 'node') AS principal, d.state, d.reason, r.hint,
       d.attempt, d.crashes, d.worker, d.finished_at,
       round(extract(epoch FROM d.finished_at - d.started_at), 1) AS ran_s,
       (SELECT string_agg(a.reason, ', ' ORDER BY a.at) FROM core.attempt a WHERE a.id = d.id) AS earlier_runs
  FROM core.done d
  JOIN core.kind k ON k.id = d.kind
  LEFT JOIN core.reason r ON r.code = d.reason
  LEFT JOIN core.principal p ON p.id = d.principal
 WHERE d.state <> 'completed' AND d.finished_at > clock_timestamp() - interval '1 day'
 ORDER BY d.finished_at DESC;
COMMENT ON VIEW ops.failures IS 'jobs that failed, were cancelled or died in the last day';
COMMENT ON COLUMN ops.failures.job IS 'computation id, or the job uuid';
COMMENT ON COLUMN ops.failures.kind IS 'kind of the job';
COMMENT ON COLUMN ops.failures.principal IS 'who submitted it; node: the node itself';
COMMENT ON COLUMN ops.failures.state IS 'failed, cancelled or dead (quarantined: api.job_retry gives it another life)';
COMMENT ON COLUMN ops.failures.reason IS 'reason code';
COMMENT ON COLUMN ops.failures.hint IS 'what the code means';
COMMENT ON COLUMN ops.failures.attempt IS 'runs begun';
COMMENT ON COLUMN ops.failures.crashes IS 'runs that took their worker down';
COMMENT ON COLUMN ops.failures.worker IS 'id of the last worker';
COMMENT ON COLUMN ops.failures.finished_at IS 'when it ended';
COMMENT ON COLUMN ops.failures.ran_s IS 'seconds of the last run; empty: never ran';
COMMENT ON COLUMN ops.failures.earlier_runs IS 'reasons of the runs before the last';
