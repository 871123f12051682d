-- retain_scripts(n): scripts unused for as long as records are kept, and at least
-- 40 days: longer than a job can wait (30) and run (1), by more than the day for
-- which a use is not written down.
CREATE FUNCTION core.retain_scripts(p_n int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_shas bytea[];
BEGIN
  WITH gone AS (
    DELETE FROM core.script s
     WHERE (s.principal, s.sha256) IN (
       SELECT x.principal, x.sha256 FROM core.script x
        WHERE x.used_at < clock_timestamp() - greatest(core.setting_int('job_ttl_s') * interval '1 s', interval '40 days')
        ORDER BY x.used_at LIMIT p_n FOR UPDATE SKIP LOCKED)
    RETURNING s.sha256)
  SELECT array_agg(g.sha256) INTO v_shas FROM gone g;
  PERFORM core.blob_loosen(v_shas);
  RETURN coalesce(cardinality(v_shas), 0);
END $$;
