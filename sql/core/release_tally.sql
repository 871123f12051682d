-- release_tally(job): a review lets the job's output go: count its bytes for /metrics.
-- What nobody held back is counted by core.done_tally.
CREATE FUNCTION core.release_tally(p_job uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.tally AS t (name, labels, value)
  SELECT 'release_bytes_total', '{}', sum(a.size)
    FROM core.artifact a WHERE a.job_id = p_job AND a.release_state = 'released' AND a.class IN ('artifact', 'combined')
  HAVING sum(a.size) > 0
  ON CONFLICT (name, labels) DO UPDATE SET value = t.value + excluded.value;
END $$;
