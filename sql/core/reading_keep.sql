-- reading_keep(readings): keep these answers, in the order of their jobs, so
-- that two batches do not wait for each other.  Where output was destroyed
-- (core.reading_drop) nothing is kept any more: who read it before that and comes
-- here after it would bring the bytes back.
CREATE FUNCTION core.reading_keep(p_readings core.reading[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO core.reading AS k
  SELECT DISTINCT ON (r.job_id) r.* FROM unnest(p_readings) r ORDER BY r.job_id
  ON CONFLICT (job_id) DO UPDATE
     SET seen_at = excluded.seen_at, made_by = excluded.made_by, body = excluded.body, etag = excluded.etag
   WHERE k.body IS NOT NULL;
END $$;
