-- ops.running: every job that a worker holds, the longest-running first.
CREATE VIEW ops.running AS
SELECT core.job_name(l.id) AS job, k.name AS kind, n.name AS lane, coalesce(p.name, 'node') AS principal,
       l.phase, l.worker, w.host, l.attempt, l.crashes,
       round(extract(epoch FROM clock_timestamp() - l.claimed_at), 1) AS claimed_s,
       round(extract(epoch FROM clock_timestamp() - l.started_at), 1) AS running_s,
       round(extract(epoch FROM l.deadline - clock_timestamp()), 1) AS deadline_in_s,
       round((l.usage ->> 'cpu_ms')::numeric / 1000, 1) AS cpu_s,
       round((l.usage ->> 'memory_bytes')::numeric / 1048576, 1) AS memory_mb,
       round((l.usage ->> 'memory_peak_bytes')::numeric / 1048576, 1) AS memory_peak_mb,
       round((l.usage ->> 'disk_bytes')::numeric / 1048576, 1) AS disk_mb,
       (l.usage ->> 'pids')::bigint AS pids
  FROM core.lease l
  JOIN core.kind k ON k.id = l.kind
  JOIN core.lane n ON n.id = l.lane
  LEFT JOIN core.principal p ON p.id = l.tenant
  LEFT JOIN core.worker w ON w.id = l.worker
 ORDER BY l.claimed_at;
COMMENT ON VIEW ops.running IS 'jobs that workers hold now';
COMMENT ON COLUMN ops.running.job IS 'computation id, or the job uuid';
COMMENT ON COLUMN ops.running.kind IS 'kind of the job';
COMMENT ON COLUMN ops.running.lane IS 'lane that runs it';
COMMENT ON COLUMN ops.running.principal IS 'who submitted it; node: the node itself';
COMMENT ON COLUMN ops.running.phase IS 'fetching, starting, running or collecting';
COMMENT ON COLUMN ops.running.worker IS 'id of the worker';
COMMENT ON COLUMN ops.running.host IS 'its host';
COMMENT ON COLUMN ops.running.attempt IS 'number of this run, from 1';
COMMENT ON COLUMN ops.running.crashes IS 'earlier runs that took their worker down';
COMMENT ON COLUMN ops.running.claimed_s IS 'seconds since the worker got it';
COMMENT ON COLUMN ops.running.running_s IS 'seconds since its first line; empty: not there yet';
COMMENT ON COLUMN ops.running.deadline_in_s IS 'seconds until it is killed';
COMMENT ON COLUMN ops.running.cpu_s IS 'CPU seconds at the last beat';
COMMENT ON COLUMN ops.running.memory_mb IS 'memory in MiB at the last beat';
COMMENT ON COLUMN ops.running.memory_peak_mb IS 'most memory so far, in MiB';
COMMENT ON COLUMN ops.running.disk_mb IS 'files in its folders, in MiB, at the last beat';
COMMENT ON COLUMN ops.running.pids IS 'processes and threads at the last beat';
