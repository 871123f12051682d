-- worker_drain(worker): give a worker no more jobs; what it runs goes on.  The
-- way back is a restart of its process.
CREATE FUNCTION api.worker_drain(p_worker int) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE core.worker w SET state = 'draining' WHERE w.id = p_worker AND w.state IN ('live', 'draining');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no live worker %', p_worker USING ERRCODE = 'no_data_found', HINT = 'SELECT * FROM ops.workers;';
  END IF;
  PERFORM core.event_add(core.psql_actor(), 'worker.drained', 'worker:' || p_worker);
  RETURN format('worker %s draining, %s jobs running', p_worker, (SELECT count(*) FROM core.lease l WHERE l.worker = p_worker));
END $$;
