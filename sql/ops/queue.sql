-- ops.queue: one row per lane: what waits, what runs, what got done.
CREATE VIEW ops.queue AS
SELECT n.name AS lane, n.paused,
       coalesce(r.n, 0) AS waiting_jobs, coalesce(l.n, 0) AS later_jobs, coalesce(x.n, 0) AS running_jobs,
       round(extract(epoch FROM clock_timestamp() - r.oldest), 1) AS oldest_wait_s,
       (SELECT count(*) FROM core.done d JOIN core.kind k ON k.id = d.kind
         WHERE k.lane = n.id AND d.finished_at > clock_timestamp() - interval '1 min') AS done_1_min,
       (SELECT count(*) FROM core.done d JOIN core.kind k ON k.id = d.kind
         WHERE k.lane = n.id AND d.finished_at > clock_timestamp() - interval '5 min') AS done_5_min,
       coalesce(w.n, 0) AS live_workers, coalesce(w.capacity, 0) AS capacity_jobs, n.max_running AS max_running_jobs
  FROM core.lane n
  LEFT JOIN (SELECT lane, count(*) AS n, min(core.uuid7_at(id)) AS oldest FROM core.ready GROUP BY lane) r ON r.lane = n.id
  LEFT JOIN (SELECT lane, count(*) AS n FROM core.later GROUP BY lane) l ON l.lane = n.id
  LEFT JOIN (SELECT lane, count(*) AS n FROM core.lease GROUP BY lane) x ON x.lane = n.id
  LEFT JOIN (SELECT p.key AS lane, count(*) AS n, sum(p.value::int) AS capacity
               FROM core.worker w CROSS JOIN jsonb_each_text(w.lanes) p
              WHERE w.state = 'live' AND w.beat > clock_timestamp() - interval '20 s' GROUP BY p.key) w ON w.lane = n.name
 ORDER BY n.id;
COMMENT ON VIEW ops.queue IS 'what each lane has to do and gets done';
COMMENT ON COLUMN ops.queue.lane IS 'name of the lane';
COMMENT ON COLUMN ops.queue.paused IS 'an operator paused it: nothing is handed out';
COMMENT ON COLUMN ops.queue.waiting_jobs IS 'runnable now, not yet claimed';
COMMENT ON COLUMN ops.queue.later_jobs IS 'waiting for their time: retries and scheduled jobs';
COMMENT ON COLUMN ops.queue.running_jobs IS 'claimed by a worker';
COMMENT ON COLUMN ops.queue.oldest_wait_s IS 'seconds since the oldest waiting job was submitted';
COMMENT ON COLUMN ops.queue.done_1_min IS 'jobs that ended in the last minute, in any state';
COMMENT ON COLUMN ops.queue.done_5_min IS 'jobs that ended in the last five minutes';
COMMENT ON COLUMN ops.queue.live_workers IS 'workers that serve the lane and beat in the last 20 s';
COMMENT ON COLUMN ops.queue.capacity_jobs IS 'jobs they can run at once';
COMMENT ON COLUMN ops.queue.max_running_jobs IS 'limit of the lane over all workers; empty: none';
