-- scrub_answers(): a helper's answers that no leader asks for any more; how many.
CREATE FUNCTION core.scrub_answers() RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off AS $$
DECLARE
  v_shas bytea[];
  v_n bigint;
BEGIN
  WITH old AS (
    SELECT x.job_no, x.response FROM core.agg_job x
     WHERE x.finished_at < clock_timestamp() - core.setting_int('agg_response_ttl_s') * interval '1 s' AND (x.response IS NOT NULL OR x.answer IS NOT NULL)
     ORDER BY x.finished_at LIMIT 500 FOR UPDATE SKIP LOCKED),
  gone AS (
    UPDATE core.agg_job x SET response = NULL, answer = NULL FROM old o WHERE x.job_no = o.job_no RETURNING o.response)
  SELECT count(*), array_agg(g.response) FILTER (WHERE g.response IS NOT NULL) INTO v_n, v_shas FROM gone g;
  PERFORM core.blob_loosen(v_shas);
  RETURN v_n;
END $$;
