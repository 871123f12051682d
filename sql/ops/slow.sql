-- ops.slow: open jobs that take long for where they are, the longest first: waiting over
-- a minute (the 100 oldest), claimed for half a minute without a first line, or past
-- four fifths of their time.
CREATE VIEW ops.slow AS
SELECT x.job, x.what, round(x.for_s::numeric, 1) AS for_s, x.limit_s, x.lane, x.principal, x.worker
  FROM (
    (SELECT core.job_name(r.id) AS job, 'waiting' AS what, extract(epoch FROM clock_timestamp() - core.uuid7_at(r.id)) AS for_s,
            60::numeric AS limit_s, n.name AS lane, coalesce(p.name, 'node') AS principal, NULL::int AS worker
       FROM core.ready r JOIN core.lane n ON n.id = r.lane LEFT JOIN core.principal p ON p.id = r.tenant
      WHERE core.uuid7_at(r.id) < clock_timestamp() - interval '60 s' ORDER BY r.id LIMIT 100)
    UNION ALL
    SELECT core.job_name(l.id), CASE WHEN l.started_at IS NULL THEN 'starting' ELSE 'running' END,
           extract(epoch FROM clock_timestamp() - coalesce(l.started_at, l.claimed_at)),
           CASE WHEN l.started_at IS NULL THEN 30 ELSE round(l.timeout_ms * 0.0008, 1) END,
           n.name, coalesce(p.name, 'node'), l.worker
      FROM core.lease l JOIN core.lane n ON n.id = l.lane LEFT JOIN core.principal p ON p.id = l.tenant) x
 WHERE x.for_s > x.limit_s
 ORDER BY x.for_s DESC;
COMMENT ON VIEW ops.slow IS 'open jobs that take long';
COMMENT ON COLUMN ops.slow.job IS 'computation id, or the job uuid';
COMMENT ON COLUMN ops.slow.what IS 'waiting, starting or running';
COMMENT ON COLUMN ops.slow.for_s IS 'seconds it has been so';
COMMENT ON COLUMN ops.slow.limit_s IS 'seconds from which it is listed';
COMMENT ON COLUMN ops.slow.lane IS 'its lane';
COMMENT ON COLUMN ops.slow.principal IS 'who submitted it; node: the node itself';
COMMENT ON COLUMN ops.slow.worker IS 'worker that holds it; empty while waiting';
