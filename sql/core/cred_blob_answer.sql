-- cred_blob_answer(sha256, name): a download.
CREATE FUNCTION core.cred_blob_answer(p_sha256 bytea, p_name text) RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  b core.blob;
BEGIN
  SELECT * INTO b FROM core.blob x WHERE x.sha256 = p_sha256;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such file');
  END IF;
  RETURN core.ok(200, NULL, jsonb_build_object('etag', encode(b.sha256, 'hex'), 'blob',
      jsonb_build_object('sha256', encode(b.sha256, 'hex'), 'size', b.size, 'store', b.store, 'place', b.place, 'name', p_name, 'media_type', 'application/octet-stream')
      || CASE WHEN b.store = 'pg' THEN jsonb_build_object('data_b64', core.b64(b.data)) ELSE '{}' END));
END $$;
