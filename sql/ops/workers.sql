-- ops.workers: every worker of the last day, the live ones first.
CREATE VIEW ops.workers AS
SELECT w.id AS worker, w.host, w.pid, w.version, w.state,
       round(extract(epoch FROM clock_timestamp() - w.beat), 1) AS beat_age_s,
       round(extract(epoch FROM clock_timestamp() - w.started_at)) AS up_s,
       w.lanes, (SELECT count(*) FROM core.lease l WHERE l.worker = w.id) AS holds_jobs,
       w.pool -> 'containers' AS containers,
       round(extract(epoch FROM clock_timestamp() - w.proved_at), 1) AS proved_age_s,
       w.specs -> 'limits' AS limits
  FROM core.worker w
 ORDER BY w.state = 'gone', w.id DESC;
COMMENT ON VIEW ops.workers IS 'worker processes and how they are';
COMMENT ON COLUMN ops.workers.worker IS 'id, new at every start';
COMMENT ON COLUMN ops.workers.host IS 'host name';
COMMENT ON COLUMN ops.workers.pid IS 'process id there';
COMMENT ON COLUMN ops.workers.version IS 'version of the program';
COMMENT ON COLUMN ops.workers.state IS 'live, draining (gets no more jobs) or gone';
COMMENT ON COLUMN ops.workers.beat_age_s IS 'seconds since it was heard of; past worker_ttl_ms it loses its jobs';
COMMENT ON COLUMN ops.workers.up_s IS 'seconds since it joined';
COMMENT ON COLUMN ops.workers.lanes IS 'jobs it can run at once, by lane';
COMMENT ON COLUMN ops.workers.holds_jobs IS 'jobs it holds now';
COMMENT ON COLUMN ops.workers.containers IS 'its containers by state, at the last beat';
COMMENT ON COLUMN ops.workers.proved_age_s IS 'seconds since it finished a canary or a real job';
COMMENT ON COLUMN ops.workers.limits IS 'what keeps each limit of a computation on its host; NULL: it runs none';
