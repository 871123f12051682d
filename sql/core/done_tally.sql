-- done_tally(): add the computations that finished since the last call to the
-- counters behind /metrics.  It stays 15 s behind the clock, longer than any
-- transaction of ours may last, so that no late commit is missed.  Bytes that a
-- review lets go are added by core.release_tally.
CREATE FUNCTION core.done_tally() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_from timestamptz;
  v_to   timestamptz := clock_timestamp() - interval '15 s';
  v_n    bigint;
BEGIN
  SELECT w.at INTO STRICT v_from FROM core.watermark w WHERE w.step = 'tally' FOR UPDATE;
  IF v_to <= v_from THEN
    RETURN 0;
  END IF;
  WITH over AS (
    SELECT d.id, d.state, coalesce(d.reason, '') AS reason, d.outcome -> 'usage' AS usage,
           p.phase, extract(epoch FROM p.took)::double precision AS s
      FROM core.done d CROSS JOIN LATERAL (VALUES
             ('queued', coalesce(d.started_at, d.finished_at) - core.uuid7_at(d.id)),
             ('running', d.finished_at - d.started_at)) p(phase, took)
     WHERE d.finished_at > v_from AND d.finished_at <= v_to AND d.kind = 1),
  spent AS (
    SELECT o.phase, o.s FROM over o
    UNION ALL
    SELECT x.phase, x.s
      FROM over o CROSS JOIN LATERAL (
        SELECT p.phase, extract(epoch FROM lead(p.at) OVER (ORDER BY p.seq) - p.at)::double precision AS s
          FROM core.phase p WHERE p.job_id = o.id) x
     WHERE o.phase = 'queued' AND x.phase IN ('fetching', 'starting', 'collecting')),
  news(name, labels, value) AS (
    SELECT 'jobs_total', jsonb_build_object('state', state, 'reason', reason), count(*)
      FROM over WHERE phase = 'queued' GROUP BY state, reason
    UNION ALL
    SELECT 'run_cpu_seconds_total', '{}', sum((usage ->> 'cpu_ms')::double precision / 1000) FROM over WHERE phase = 'queued'
    UNION ALL
    SELECT 'phase_seconds_bucket', jsonb_build_object('phase', phase, 'le', b.le), count(*)
      FROM spent JOIN (VALUES (0.01, '0.01'), (0.05, '0.05'), (0.25, '0.25'), (1, '1'), (5, '5'), (30, '30'), (120, '120'),
                             (600, '600'), (3600, '3600'), ('Infinity', '+Inf')) b(at, le) ON spent.s <= b.at
     GROUP BY phase, b.le
    UNION ALL
    SELECT 'phase_seconds_sum', jsonb_build_object('phase', phase), sum(s) FROM spent WHERE s IS NOT NULL GROUP BY phase
    UNION ALL
    SELECT 'phase_seconds_count', jsonb_build_object('phase', phase), count(*) FROM spent WHERE s IS NOT NULL GROUP BY phase
    UNION ALL
    SELECT 'release_bytes_total', '{}', sum(a.size)
      FROM over o JOIN core.computation m ON m.job_id = o.id AND NOT m.hold
      JOIN core.artifact a ON a.job_id = o.id AND a.release_state = 'released' AND a.class IN ('artifact', 'combined')
     WHERE o.phase = 'queued'),
  put AS (
    INSERT INTO core.tally AS t (name, labels, value) SELECT n.name, n.labels, n.value FROM news n WHERE n.value > 0
    ON CONFLICT (name, labels) DO UPDATE SET value = t.value + excluded.value)
  SELECT count(*) INTO v_n FROM over WHERE phase = 'queued';
  UPDATE core.watermark w SET at = v_to WHERE w.step = 'tally';
  RETURN v_n;
END $$;
