-- agg_blob_file(name, sha256): a blob as it is put into a job's folder.
CREATE FUNCTION core.agg_blob_file(p_name text, p_sha256 bytea) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('name', p_name, 'sha256', encode(b.sha256, 'hex'), 'size', b.size, 'store', b.store, 'place', b.place,
                   'data_b64', core.b64(b.data))) FROM core.blob b WHERE b.sha256 = p_sha256);
END $$;
