-- blob_doomed(n): of up to n blobs that lost a reference blob_grace_s ago, give
-- up those that nothing refers to.  Bytes held in rows are deleted here, objects at
-- places are left to blob_dead; a blob with a file is marked and returned (again,
-- until blob_gone): unlink it, then tell blob_gone.  Rows locked by somebody who is about to refer to them wait
-- for the next call.
CREATE FUNCTION api.blob_doomed(p_n int)
RETURNS TABLE (sha256 bytea) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_before timestamptz := clock_timestamp() - core.setting_int('blob_grace_s') * interval '1 s';
  v_locked bytea[];
  v_free bytea[];
  v_places uuid[];
BEGIN
  SELECT array_agg(x.sha256) INTO v_locked
    FROM (SELECT b.sha256 FROM core.blob_loose l JOIN core.blob b ON b.sha256 = l.sha256
           WHERE l.at < v_before AND NOT b.dying ORDER BY l.at LIMIT least(p_n, 10000)
             FOR UPDATE SKIP LOCKED) x;
  -- a new statement sees what was committed before the locks were had
  SELECT array_agg(b.sha256) INTO v_free FROM core.blob b
   WHERE b.sha256 = ANY (v_locked) AND b.touched_at < v_before AND NOT core.blob_used(b.sha256);
  DELETE FROM core.blob_loose l
   WHERE l.sha256 = ANY (v_locked) AND (l.sha256 = ANY (v_free) OR core.blob_used(l.sha256));
  WITH gone AS (DELETE FROM core.blob b WHERE b.sha256 = ANY (v_free) AND b.store <> 'dir' RETURNING b.place)
  SELECT array_agg(g.place) INTO v_places FROM gone g WHERE g.place IS NOT NULL;
  UPDATE core.blob_place p SET state = 'dead', at = clock_timestamp() WHERE p.place = ANY (v_places);
  UPDATE core.blob b SET dying = true WHERE b.sha256 = ANY (v_free) AND b.store = 'dir';
  RETURN QUERY SELECT b.sha256 FROM core.blob b WHERE b.dying LIMIT p_n;
END $$;
