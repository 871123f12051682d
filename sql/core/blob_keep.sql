-- blob_keep(sha256, size, store, data): the blob has a row that stays until
-- this transaction has referred to it.  Retention only takes blobs that lost
-- their references and were not touched for blob_grace_s; a row touched within
-- half of that is therefore safe as it is, and the usual digests (an empty
-- stream) are not rewritten by every job.
-- A blob whose file is being removed right now raises 40001: write the file
-- again and repeat.
CREATE FUNCTION core.blob_keep(p_sha256 bytea, p_size bigint, p_store text, p_data bytea DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  b record;
BEGIN
  SELECT x.dying, x.touched_at INTO b FROM core.blob x WHERE x.sha256 = p_sha256;
  IF FOUND AND NOT b.dying
     AND b.touched_at > clock_timestamp() - core.setting_int('blob_grace_s') / 2 * interval '1 s' THEN
    RETURN;
  END IF;
  INSERT INTO core.blob AS x (sha256, size, store, data) VALUES (p_sha256, p_size, p_store, p_data)
  ON CONFLICT (sha256) DO UPDATE SET touched_at = clock_timestamp() WHERE NOT x.dying;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'blob % is being removed', encode(p_sha256, 'hex') USING ERRCODE = '40001';
  END IF;
END $$;
