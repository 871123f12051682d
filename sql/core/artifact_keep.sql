-- artifact_keep(job, file, release state): a file of an outcome becomes a row.
-- Its bytes are in the frame (store pg), in the blob folder, or at a place.
CREATE FUNCTION core.artifact_keep(p_job uuid, p_file jsonb, p_release text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_sha bytea := decode(p_file ->> 'sha256', 'hex');
BEGIN
  PERFORM core.blob_keep(v_sha, (p_file ->> 'size')::bigint, p_file ->> 'store', decode(p_file ->> 'data_b64', 'base64'),
                         (p_file ->> 'place')::uuid);
  INSERT INTO core.artifact (job_id, class, name, sha256, digest, size, media_type, release_state)
  VALUES (p_job, p_file ->> 'class', p_file ->> 'name', v_sha, v_sha, (p_file ->> 'size')::bigint,
          coalesce(p_file ->> 'media_type', 'application/octet-stream'), p_release);
END $$;
