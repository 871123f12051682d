-- lease_hold(lease, seen at, counted): the last gate of a submit: true if the
-- lease is still as it was judged and, if it counts runs, one is now reserved.
-- Keeps the lease row locked to the end of the transaction: a revocation or the
-- removal of an asset changes that row, so it either sees the job or is seen here.
CREATE FUNCTION core.lease_hold(p_serial bigint, p_seen_at timestamptz, p_counted boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_used int;
  v_ended int;
BEGIN
  IF NOT p_counted THEN
    PERFORM FROM core.data_lease l WHERE l.serial = p_serial AND l.updated_at = p_seen_at FOR SHARE;
    RETURN FOUND;
  END IF;
  PERFORM FROM core.data_lease l WHERE l.serial = p_serial AND l.updated_at = p_seen_at FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  WITH n AS (DELETE FROM core.run_note r WHERE r.serial = p_serial RETURNING r.used)
  SELECT count(*) FILTER (WHERE n.used), count(*) INTO v_used, v_ended FROM n;
  UPDATE core.data_lease l
     SET runs_used = l.runs_used + v_used, runs_held = l.runs_held - v_ended
   WHERE l.serial = p_serial AND v_ended > 0;
  UPDATE core.data_lease l SET runs_held = l.runs_held + 1
   WHERE l.serial = p_serial AND l.runs_used + l.runs_held < l.max_runs;
  RETURN FOUND;
END $$;
