-- jobs_add(jobs, band): these rows of core.job are jobs now, runnable at once;
-- how many.  created_at is made here; lane and, where NULL, max_attempts and
-- timeout_ms come from the kind.  The caller rings the lanes after its commit.
CREATE FUNCTION core.jobs_add(p_jobs core.job[], p_band int DEFAULT 1) RETURNS int
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_n int;
BEGIN
  WITH job AS (
    INSERT INTO core.job AS j (id, principal, kind, lane, priority, max_attempts, timeout_ms,
                               expires_at, created_at, spec, request_hash, dry_run)
    SELECT u.id, u.principal, u.kind, k.lane, u.priority, coalesce(u.max_attempts, k.max_attempts),
           coalesce(u.timeout_ms, k.timeout_ms), u.expires_at, v_now, u.spec, u.request_hash, u.dry_run
      FROM unnest(p_jobs) u JOIN core.kind k ON k.id = u.kind
    RETURNING j.id, j.principal, j.kind, j.lane, j.priority, j.timeout_ms)
  INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms)
  SELECT s.current, j.lane, p_band, j.principal, core.rank_at(v_now, j.priority), j.id, j.kind, j.timeout_ms
    FROM job j CROSS JOIN core.segment s;
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;
