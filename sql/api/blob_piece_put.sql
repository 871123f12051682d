-- blob_piece_put(place, seq, data): one piece of an object of store rows, at most
-- 1 MiB, while the place is still coming; a second time it changes nothing.
CREATE FUNCTION api.blob_piece_put(p_place uuid, p_seq int, p_data bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF length(p_data) > 1048576 THEN
    RAISE EXCEPTION 'a piece over 1 MiB' USING ERRCODE = '22023';
  END IF;
  PERFORM FROM core.blob_place p WHERE p.place = p_place AND p.store = 'rows' AND p.state = 'coming' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'place % was given up', p_place USING ERRCODE = '40001';
  END IF;
  INSERT INTO core.blob_piece (place, seq, data) VALUES (p_place, p_seq, p_data) ON CONFLICT DO NOTHING;
END $$;
