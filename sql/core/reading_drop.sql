-- reading_drop(job): forget the kept answer with its bytes, and keep none again:
-- the row without a body meets a reader that is about to write an older one.
CREATE FUNCTION core.reading_drop(p_job uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO core.reading (job_id, seen_at, made_by) VALUES (p_job, '-infinity', '')
  ON CONFLICT (job_id) DO UPDATE SET seen_at = '-infinity', made_by = '', body = NULL, etag = NULL;
END $$;
