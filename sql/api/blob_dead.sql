-- blob_dead(n): up to n places whose objects are to be removed: given up by
-- retention, one too many, or coming for longer than blob_coming_s (whoever wrote
-- there is told 40001).  Remove the object, then tell blob_buried; nobody else is
-- given the same places for ten minutes.
CREATE FUNCTION api.blob_dead(p_n int)
RETURNS TABLE (place uuid, store text, sha256 bytea, size bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
BEGIN
  RETURN QUERY
  UPDATE core.blob_place p SET state = 'dead', retry_at = v_now + interval '10 min'
    FROM (SELECT x.place FROM core.blob_place x
           WHERE (x.state = 'dead' AND x.retry_at < v_now)
              OR (x.state = 'coming' AND x.at < v_now - core.setting_int('blob_coming_s') * interval '1 s')
           ORDER BY x.at LIMIT least(p_n, 1000) FOR UPDATE SKIP LOCKED) d
   WHERE p.place = d.place
  RETURNING p.place, p.store, p.sha256, p.size;
END $$;
