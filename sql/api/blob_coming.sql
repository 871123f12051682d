-- blob_coming(store, sha256, size): a place for an object that is about to be
-- written.  Without a row that names it after blob_coming_s it is removed.
CREATE FUNCTION api.blob_coming(p_store text, p_sha256 bytea, p_size bigint)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_place uuid := gen_random_uuid();
BEGIN
  INSERT INTO core.blob_place (place, store, sha256, size) VALUES (v_place, p_store, p_sha256, p_size);
  RETURN v_place;
END $$;
