-- lease_reap(): take back the leases of workers that are gone, and return how
-- many.  The jobs become suspects, one crash each, and are runnable at once; at
-- crash_max crashes a job is quarantined: dead.  The tokens die with the rows.
--
-- A claim that was under way while its worker was marked is not seen here; it is
-- at the next call, because a gone worker keeps its row for a day.
CREATE FUNCTION core.lease_reap() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_max    int := core.setting_int('crash_max');
  v_leases core.lease[];
  v_done   core.done[];
BEGIN
  WITH gone AS (
    DELETE FROM core.lease l
     WHERE l.id = ANY (ARRAY(
       SELECT x.id FROM core.lease x
        WHERE NOT EXISTS (SELECT FROM core.worker w WHERE w.id = x.worker AND w.state <> 'gone')
        ORDER BY x.id LIMIT 1000 FOR UPDATE SKIP LOCKED))
    RETURNING l.*)
  SELECT array_agg(ROW(g.id, g.token, g.worker, g.lane, g.band, g.tenant, g.rank, g.kind, g.attempt, g.crashes + 1,
                       g.timeout_ms, g.claimed_at, g.started_at, g.deadline, g.phase, g.usage)::core.lease ORDER BY g.id)
    INTO v_leases FROM gone g;
  IF v_leases IS NULL THEN
    RETURN 0;
  END IF;
  INSERT INTO core.attempt (id, attempt, worker, reason, started)
  SELECT l.id, l.attempt, l.worker, 'WORKER_LOST', l.started_at IS NOT NULL FROM unnest(v_leases) l;
  PERFORM core.event_add('node', 'job.requeued', core.job_name(l.id), '{"why": "WORKER_LOST"}')
     FROM unnest(v_leases) l WHERE l.crashes < v_max;
  PERFORM core.job_requeue(ARRAY(SELECT l FROM unnest(v_leases) l WHERE l.crashes < v_max), false);

  v_done := ARRAY(SELECT ROW(l.id, l.tenant, l.kind, 'dead', 'QUARANTINED', l.attempt, l.crashes, l.worker, l.started_at,
                             clock_timestamp(), NULL)::core.done
                    FROM unnest(v_leases) l WHERE l.crashes >= v_max);
  IF cardinality(v_done) > 0 THEN
    PERFORM core.done_add(v_done);
    PERFORM core.event_add('node', 'job.quarantined', core.job_name(d.id)) FROM unnest(v_done) d;
    PERFORM core.announce(ARRAY(SELECT d.id FROM unnest(v_done) d));
  END IF;
  RETURN cardinality(v_leases);
END $$;
