-- blob_part(sha256): how the front gets at the bytes: in the answer when the
-- row holds them, else where they are.
CREATE FUNCTION core.blob_part(p_sha256 bytea)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT CASE b.store
    WHEN 'pg' THEN jsonb_build_object('b64', replace(encode(b.data, 'base64'), E'\n', ''))
    WHEN 'dir' THEN jsonb_build_object('sha256', encode(b.sha256, 'hex'), 'size', b.size)
    ELSE jsonb_build_object('sha256', encode(b.sha256, 'hex'), 'size', b.size, 'store', b.store, 'place', b.place) END
    FROM core.blob b WHERE b.sha256 = p_sha256
$$;
