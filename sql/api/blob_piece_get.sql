-- blob_piece_get(place, seq): that piece; NULL when there is none.
CREATE FUNCTION api.blob_piece_get(p_place uuid, p_seq int)
RETURNS bytea LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT c.data FROM core.blob_piece c WHERE c.place = p_place AND c.seq = p_seq);
END $$;
