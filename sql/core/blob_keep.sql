-- blob_keep(sha256, size, store, data, place): the blob has a row that stays until
-- this transaction has referred to it.  Retention only takes blobs that lost
-- their references and were not touched for blob_grace_s; a row touched within
-- half of that is therefore safe as it is, and the usual digests (an empty
-- stream) are not rewritten by every job.
-- An object at a place becomes the blob's, or is one too many and goes at once.
-- A blob whose file is being removed right now, and a place that was given up,
-- raise 40001: write the bytes again and repeat.
CREATE FUNCTION core.blob_keep(p_sha256 bytea, p_size bigint, p_store text, p_data bytea DEFAULT NULL, p_place uuid DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  b record;
BEGIN
  SELECT x.dying, x.touched_at, x.place INTO b FROM core.blob x WHERE x.sha256 = p_sha256;
  IF FOUND AND NOT b.dying
     AND b.touched_at > clock_timestamp() - core.setting_int('blob_grace_s') / 2 * interval '1 s' THEN
    IF p_place IS NOT NULL THEN
      PERFORM core.blob_spare(p_place);
    END IF;
    RETURN;
  END IF;
  IF p_place IS NOT NULL THEN
    UPDATE core.blob_place p SET state = 'named', at = clock_timestamp()
     WHERE p.place = p_place AND p.state = 'coming' AND p.sha256 = p_sha256 AND p.size = p_size AND p.store = p_store;
    IF NOT FOUND AND b.place IS DISTINCT FROM p_place THEN
      RAISE EXCEPTION 'blob %: its place was given up', encode(p_sha256, 'hex') USING ERRCODE = '40001';
    END IF;
  END IF;
  INSERT INTO core.blob AS x (sha256, size, store, data, place) VALUES (p_sha256, p_size, p_store, p_data, p_place)
  ON CONFLICT (sha256) DO UPDATE SET touched_at = clock_timestamp() WHERE NOT x.dying RETURNING x.place INTO b.place;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'blob % is being removed', encode(p_sha256, 'hex') USING ERRCODE = '40001';
  END IF;
  IF p_place IS NOT NULL AND b.place IS DISTINCT FROM p_place THEN
    PERFORM core.blob_spare(p_place);
  END IF;
END $$;
