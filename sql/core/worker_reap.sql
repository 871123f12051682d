-- worker_reap(worker): mark a worker gone; its jobs return at core.lease_reap.
CREATE FUNCTION core.worker_reap(p_worker int, p_why text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.worker w SET state = 'gone' WHERE w.id = p_worker AND w.state <> 'gone';
  IF FOUND THEN
    PERFORM core.event_add('node', 'worker.lost', 'worker:' || p_worker, jsonb_build_object('why', p_why));
  END IF;
END $$;
