-- blob_get(sha256): where the bytes of a blob are; data is set for store pg,
-- place for s3 and rows.
CREATE FUNCTION api.blob_get(p_sha256 bytea)
RETURNS TABLE (size bigint, store text, data bytea, place uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT b.size, b.store, b.data, b.place FROM core.blob b WHERE b.sha256 = p_sha256 AND NOT b.dying;
END $$;
