-- ops.cred_lanes: who has what in the lanes of the credential service.
CREATE VIEW ops.cred_lanes AS
SELECT n.name AS lane, coalesce(p.name, 'node') AS principal, count(*) FILTER (WHERE x.waits) AS waiting_jobs, count(*) FILTER (WHERE NOT x.waits) AS running_jobs,
       round(extract(epoch FROM clock_timestamp() - min(core.uuid7_at(x.id)) FILTER (WHERE x.waits)), 1) AS oldest_wait_s,
       CASE WHEN n.fair THEN round(max(s.ms * 0.5 ^ (extract(epoch FROM clock_timestamp() - s.at)::float8 / 300))::numeric / 1000, 1) END AS had_s
  FROM (SELECT r.lane, r.tenant, r.id, true AS waits FROM core.ready r UNION ALL SELECT l.lane, l.tenant, l.id, false FROM core.lease l) x
  JOIN core.lane n ON n.id = x.lane AND n.name LIKE 'cred-%'
  LEFT JOIN core.principal p ON p.id = x.tenant LEFT JOIN core.lane_share s ON s.tenant = x.tenant
 GROUP BY n.id, n.name, n.fair, p.name ORDER BY n.id, p.name;
COMMENT ON VIEW ops.cred_lanes IS 'who has what in the lanes of the credential service';
COMMENT ON COLUMN ops.cred_lanes.lane IS 'name of the lane';
COMMENT ON COLUMN ops.cred_lanes.principal IS 'whose jobs they are';
COMMENT ON COLUMN ops.cred_lanes.waiting_jobs IS 'runnable now, not yet claimed';
COMMENT ON COLUMN ops.cred_lanes.running_jobs IS 'claimed by a worker';
COMMENT ON COLUMN ops.cred_lanes.oldest_wait_s IS 'seconds since the oldest waiting one was submitted';
COMMENT ON COLUMN ops.cred_lanes.had_s IS 'runner time of the heavy lanes that the principal had lately, half of it forgotten every five minutes: who had least is next; empty: turns go by count';
