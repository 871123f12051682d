-- ring(lane): wake one idle worker of a lane; true if there was one.  An idle
-- worker holds session lock (lane, worker id) on its LISTEN connection: no row,
-- no WAL, gone when the connection dies.  Workers are tried in random order.
CREATE FUNCTION core.ring(p_lane smallint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_id int;
BEGIN
  FOR v_id IN SELECT w.id FROM core.worker w WHERE w.state = 'live' ORDER BY random() LOOP
    IF NOT pg_try_advisory_xact_lock_shared(p_lane, v_id) THEN
      PERFORM pg_notify('w' || v_id, 'wake ' || p_lane);
      RETURN true;
    END IF;
  END LOOP;
  RETURN false;
END $$;
