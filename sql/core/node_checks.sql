-- node_checks(): the checks behind /readyz: ready, not_ready or unknown.  Only
-- those with required set decide.  The pool is ready if within a minute some
-- live worker finished a canary or a real job, or has all its containers busy
-- inside their deadlines.  Adapters that are not configured are unknown.
CREATE FUNCTION core.node_checks() RETURNS TABLE (name text, status text, detail text, required boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_now  timestamptz := clock_timestamp();
  v_live int;
  v_pool boolean;
  v_blob boolean;
BEGIN
  SELECT count(*)::int,
         coalesce(bool_or(w.proved_at > v_now - interval '60 s' OR b.busy >= (w.lanes ->> 'compute')::int), false),
         bool_and((w.pool ->> 'blobs')::boolean)
    INTO v_live, v_pool, v_blob
    FROM core.worker w CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE l.deadline IS NULL OR l.deadline > v_now) AS busy
        FROM core.lease l WHERE l.worker = w.id AND l.lane = 1) b
   WHERE w.state <> 'gone' AND w.beat > v_now - core.setting_int('worker_ttl_ms') * interval '1 ms'
     AND coalesce((w.lanes ->> 'compute')::int, 0) > 0;
  RETURN QUERY VALUES
    ('database', 'ready', NULL, true),
    ('schema', CASE WHEN to_regclass('core.job' || to_char(v_now AT TIME ZONE 'UTC', '_YYYYMMDD')) IS NULL
                    THEN 'not_ready' ELSE 'ready' END, 'contract ' || api.contract(), true),
    ('blobs', CASE v_blob WHEN true THEN 'ready' WHEN false THEN 'not_ready' ELSE 'unknown' END, NULL, v_blob IS NOT NULL),
    ('pool', CASE WHEN v_pool THEN 'ready' ELSE 'not_ready' END, v_live || ' workers', true),
    ('pysyft', CASE WHEN v_pool THEN 'ready' ELSE 'not_ready' END, NULL, true),
    ('ipfs', CASE WHEN core.setting_bool('ipfs_fetch')
             THEN (SELECT CASE WHEN i.ok_at > v_now - interval '120 s' THEN 'ready' ELSE 'not_ready' END FROM core.ipfs i) ELSE 'unknown' END,
             NULL, false);
  RETURN QUERY
    SELECT 'evm_rpc', CASE bool_and(coalesce(c.ok_at > v_now - greatest(120, 4 * n.every_s) * interval '1 s', false))
                      WHEN true THEN 'ready' WHEN false THEN 'not_ready' ELSE 'unknown' END,
           string_agg(c.name || ': ' || coalesce(c.status, 'new'), ', ' ORDER BY c.name), false
      FROM core.chain c JOIN core.cron n ON n.name = 'chain:' || c.name WHERE c.enabled;
END $$;
