-- output_destroy(job): no byte of the job's output can be read again, digests
-- stay.  The blobs go when nothing else refers to them.
CREATE FUNCTION core.output_destroy(p_job uuid)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_shas bytea[] := ARRAY(SELECT a.sha256 FROM core.artifact a WHERE a.job_id = p_job AND a.sha256 IS NOT NULL);
BEGIN
  UPDATE core.artifact a SET sha256 = NULL WHERE a.job_id = p_job AND a.sha256 IS NOT NULL;
  UPDATE core.computation m SET purged_at = clock_timestamp() WHERE m.job_id = p_job AND m.purged_at IS NULL;
  PERFORM core.reading_drop(p_job);
  PERFORM core.blob_loosen(v_shas);
END $$;
