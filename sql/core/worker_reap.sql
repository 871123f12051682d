-- worker_reap(workers, before, why): mark workers gone that have not beaten since
-- before; their jobs return at core.lease_reap.  The beat is looked at again in
-- the update, so one that commits meanwhile saves its worker.
CREATE FUNCTION core.worker_reap(p_workers int[], p_before timestamptz, p_why text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_id int;
BEGIN
  FOR v_id IN
    UPDATE core.worker w SET state = 'gone'
     WHERE w.id = ANY (p_workers) AND w.state <> 'gone' AND w.beat < p_before RETURNING w.id
  LOOP
    PERFORM core.event_add('node', 'worker.lost', 'worker:' || v_id, jsonb_build_object('why', p_why));
  END LOOP;
END $$;
