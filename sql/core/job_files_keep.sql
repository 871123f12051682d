-- job_files_keep(files of an outcome): their blobs have rows that stay until this
-- transaction has referred to them.
CREATE FUNCTION core.job_files_keep(p_files jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  f jsonb;
BEGIN
  FOR f IN SELECT x FROM jsonb_array_elements(coalesce(p_files, '[]')) x ORDER BY x ->> 'sha256' LOOP
    PERFORM core.blob_keep(decode(f ->> 'sha256', 'hex'), (f ->> 'size')::bigint, f ->> 'store',
      CASE f ->> 'store' WHEN 'pg' THEN decode(f ->> 'data_b64', 'base64') END, (f ->> 'place')::uuid);
  END LOOP;
END $$;
