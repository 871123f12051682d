-- blob_buried(place, n): the object of a dead place is removed, and so is the
-- place; of store rows, up to n of its pieces go.  True while pieces are left.
CREATE FUNCTION api.blob_buried(p_place uuid, p_n int)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM core.blob_place p WHERE p.place = p_place AND p.state = 'dead' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM core.blob_piece c WHERE c.place = p_place
     AND c.seq IN (SELECT x.seq FROM core.blob_piece x WHERE x.place = p_place ORDER BY x.seq LIMIT p_n);
  IF EXISTS (SELECT FROM core.blob_piece c WHERE c.place = p_place) THEN
    RETURN true;
  END IF;
  DELETE FROM core.blob_place p WHERE p.place = p_place;
  RETURN false;
END $$;
