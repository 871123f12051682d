-- worker_join(host, pid, version, lanes, specs): a worker process starts; its
-- new id.  Earlier workers of this host are lost at once if their pid is ours
-- (it cannot belong to two processes) or in specs.dead_pids (the caller found
-- their locks free), so that a restart does not wait for worker_ttl_ms.
CREATE FUNCTION api.worker_join(p_host text, p_pid int, p_version text, p_lanes jsonb, p_specs jsonb) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id int;
BEGIN
  PERFORM core.worker_reap(ARRAY(
    SELECT w.id FROM core.worker w
     WHERE w.host = p_host AND w.state <> 'gone'
       AND (w.pid = p_pid OR coalesce(p_specs -> 'dead_pids', '[]') @> to_jsonb(w.pid))), 'infinity', 'restarted');
  PERFORM core.lease_reap();
  INSERT INTO core.worker (host, pid, version, lanes, specs)
  VALUES (p_host, p_pid, p_version, p_lanes, p_specs) RETURNING id INTO v_id;
  PERFORM core.event_add('worker:' || v_id, 'worker.joined', 'worker:' || v_id,
                         jsonb_build_object('host', p_host, 'pid', p_pid, 'version', p_version));
  RETURN v_id;
END $$;
