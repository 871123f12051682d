-- cred_pace_add(lease): how long a run took enters the mean of its kind with a
-- weight of 1/8.  It waits for nobody: if another run writes the row, this one is
-- left out; of a light kind that ran often one in 16 is enough.
CREATE FUNCTION core.cred_pace_add(l core.lease) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_ms constant double precision := extract(epoch FROM clock_timestamp() - coalesce(l.started_at, l.claimed_at)) * 1000;
  v_heavy constant boolean := core.lane_heavy(l.lane);
  v_n bigint;
BEGIN
  SELECT p.n INTO v_n FROM core.cred_pace p WHERE p.kind = l.kind AND p.heavy = v_heavy;
  IF NOT FOUND THEN
    INSERT INTO core.cred_pace (kind, heavy, mean_ms) VALUES (l.kind, v_heavy, v_ms) ON CONFLICT DO NOTHING;
  ELSIF v_heavy OR v_n < 64 OR random() < 0.0625 THEN
    UPDATE core.cred_pace p SET mean_ms = p.mean_ms + (v_ms - p.mean_ms) / least(p.n + 1, 8), n = p.n + 1
     WHERE p.ctid = (SELECT x.ctid FROM core.cred_pace x WHERE x.kind = l.kind AND x.heavy = v_heavy FOR UPDATE SKIP LOCKED);
  END IF;
END $$;
