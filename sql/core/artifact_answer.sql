-- artifact_answer(artifact, name): a download; GONE once the bytes were given up.
CREATE FUNCTION core.artifact_answer(a core.artifact, p_name text)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  b core.blob;
BEGIN
  SELECT * INTO b FROM core.blob x WHERE x.sha256 = a.sha256;
  IF NOT FOUND THEN
    RETURN core.refuse('GONE', 'it was kept for a while and is removed now');
  END IF;
  RETURN core.ok(200, NULL, jsonb_build_object('etag', encode(b.sha256, 'hex'), 'blob',
      jsonb_build_object('sha256', encode(b.sha256, 'hex'), 'size', b.size, 'store', b.store, 'place', b.place, 'name', p_name, 'media_type', a.media_type)
      || CASE WHEN b.store = 'pg' THEN jsonb_build_object('data_b64', replace(encode(b.data, 'base64'), E'\n', '')) ELSE '{}' END));
END $$;
