-- blob_orphan(digests): old files of the blob folder were found under these
-- names; those that no row names are marked dying, and so are removed in the
-- two steps of every blob (blob_doomed, blob_gone).  A writer of the same bytes
-- meets the mark and writes again.  Returns how many were marked.
CREATE FUNCTION api.blob_orphan(p_shas bytea[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_n bigint;
BEGIN
  INSERT INTO core.blob (sha256, size, store, dying)
  SELECT s, 0, 'dir', true FROM unnest(p_shas) s ORDER BY s
  ON CONFLICT (sha256) DO NOTHING;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;
