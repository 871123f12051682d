-- blob_gone(digests): the files of these doomed blobs are unlinked; how many
-- rows went.  Only now may somebody store the same bytes again.
CREATE FUNCTION api.blob_gone(p_shas bytea[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_n bigint;
BEGIN
  DELETE FROM core.blob b WHERE b.sha256 = ANY (p_shas) AND b.dying;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;
