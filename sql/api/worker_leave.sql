-- worker_leave(worker): a worker stops on purpose.  What it still holds returns
-- to the queue without blame.
CREATE FUNCTION api.worker_leave(p_worker int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_leases core.lease[];
BEGIN
  UPDATE core.worker w SET state = 'gone' WHERE w.id = p_worker AND w.state <> 'gone';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  WITH gone AS (DELETE FROM core.lease l WHERE l.worker = p_worker RETURNING l.*)
  SELECT array_agg(ROW(g.*)::core.lease) INTO v_leases FROM gone g;
  IF v_leases IS NOT NULL THEN
    PERFORM core.job_requeue(v_leases, true);
    PERFORM core.ring(l.lane) FROM (SELECT DISTINCT lane FROM unnest(v_leases)) l;
  END IF;
  PERFORM core.event_add('worker:' || p_worker, 'worker.left', 'worker:' || p_worker,
                         jsonb_build_object('returned', coalesce(cardinality(v_leases), 0)));
END $$;
