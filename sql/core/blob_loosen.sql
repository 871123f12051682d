-- blob_loosen(digests): these lost a reference in this transaction: retention
-- will look whether others are left.
CREATE FUNCTION core.blob_loosen(p_shas bytea[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO core.blob_loose (sha256)
  SELECT DISTINCT s FROM unnest(p_shas) s ORDER BY s
  ON CONFLICT (sha256) DO UPDATE SET at = clock_timestamp();
END $$;
