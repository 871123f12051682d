-- lease_hold(lease, seen at, counted): the last gate of submits: NULL if the
-- lease is no longer as it was judged, else how many runs may be reserved now
-- (core.lease_reserve), or 2^31-1 when it does not count them.
-- Keeps the lease row locked to the end of the transaction: a revocation or the
-- removal of an asset changes that row, so it either sees the jobs or is seen here.
CREATE FUNCTION core.lease_hold(p_serial bigint, p_seen_at timestamptz, p_counted boolean)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_used int;
  v_ended int;
  v_left int;
BEGIN
  IF NOT p_counted THEN
    PERFORM FROM core.data_lease l WHERE l.serial = p_serial AND l.updated_at = p_seen_at FOR SHARE;
    RETURN CASE WHEN FOUND THEN 2147483647 END;
  END IF;
  PERFORM FROM core.data_lease l WHERE l.serial = p_serial AND l.updated_at = p_seen_at FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  WITH n AS (DELETE FROM core.run_note r WHERE r.serial = p_serial RETURNING r.used)
  SELECT count(*) FILTER (WHERE n.used), count(*) INTO v_used, v_ended FROM n;
  UPDATE core.data_lease l
     SET runs_used = l.runs_used + v_used, runs_held = l.runs_held - v_ended
   WHERE l.serial = p_serial AND v_ended > 0;
  SELECT l.max_runs - l.runs_used - l.runs_held INTO v_left FROM core.data_lease l WHERE l.serial = p_serial;
  RETURN v_left;
END $$;
