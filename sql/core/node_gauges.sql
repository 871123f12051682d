-- node_gauges(): what /metrics reads from the tables as they are now.
CREATE FUNCTION core.node_gauges() RETURNS TABLE (name text, labels jsonb, value double precision)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
BEGIN
  RETURN QUERY
    SELECT g.name, jsonb_build_object('lane', q.lane), g.value
      FROM core.lane_load() q CROSS JOIN LATERAL (VALUES
        ('darkroom_compute_queue_depth', q.waiting::double precision),
        ('darkroom_compute_queue_later', q.later::double precision),
        ('darkroom_compute_queue_running', q.running::double precision),
        ('darkroom_compute_queue_oldest_seconds', coalesce(q.oldest_s, 0))) g(name, value);
  RETURN QUERY
    SELECT 'darkroom_compute_workers', jsonb_build_object('state', w.state), count(*)::double precision
      FROM core.worker w WHERE w.state <> 'gone' GROUP BY w.state;
  RETURN QUERY
    SELECT 'darkroom_compute_pool_containers', jsonb_build_object('worker', w.id, 'state', p.key), p.value::text::double precision
      FROM core.worker w CROSS JOIN LATERAL jsonb_each(w.pool -> 'containers') p
     WHERE w.state <> 'gone' AND jsonb_typeof(p.value) = 'number'
    UNION ALL
    SELECT 'darkroom_compute_pool_replaced_total', jsonb_build_object('worker', w.id, 'why', p.key), p.value::text::double precision
      FROM core.worker w CROSS JOIN LATERAL jsonb_each(w.pool -> 'replaced') p
     WHERE w.state <> 'gone' AND jsonb_typeof(p.value) = 'number'
    UNION ALL
    SELECT 'darkroom_compute_pool_acquire_seconds_' || p.name, jsonb_build_object('worker', w.id), (w.pool -> 'acquire' ->> p.key)::double precision
      FROM core.worker w CROSS JOIN (VALUES ('count', 'count'), ('sum', 'sum_s')) p(name, key)
     WHERE w.state <> 'gone' AND jsonb_typeof(w.pool -> 'acquire' -> p.key) = 'number';
  RETURN QUERY
    SELECT 'darkroom_compute_run_memory_peak_bytes', jsonb_build_object('job', core.job_name(l.id)), coalesce(l.usage -> 'memory_peak_bytes', l.usage -> 'memory_bytes')::double precision
      FROM core.lease l WHERE l.kind = 1 AND jsonb_typeof(coalesce(l.usage -> 'memory_peak_bytes', l.usage -> 'memory_bytes')) = 'number';
  RETURN QUERY
    SELECT 'darkroom_compute_release_bytes_total', '{}'::jsonb, 0::double precision
     WHERE NOT EXISTS (SELECT FROM core.tally t WHERE t.name = 'release_bytes_total');
  RETURN QUERY
    SELECT g.name, jsonb_build_object('chain', c.name), g.value
      FROM core.chain c CROSS JOIN LATERAL (VALUES
        ('darkroom_compute_chain_cursor_block', c.cursor_block::double precision),
        ('darkroom_compute_chain_head_block', c.head::double precision),
        ('darkroom_compute_chain_lag_blocks', greatest(0, c.head - c.confirmations - c.cursor_block)::double precision),
        ('darkroom_compute_chain_ok_age_seconds', extract(epoch FROM v_now - c.ok_at)::double precision)) g(name, value)
     WHERE c.enabled AND g.value IS NOT NULL;
  RETURN QUERY SELECT * FROM core.cred_gauges();
  RETURN QUERY SELECT * FROM core.agg_gauges();
  RETURN QUERY
    SELECT 'darkroom_alarm', jsonb_build_object('alarm', a.alarm), a.firing::int::double precision FROM ops.alarms a;
END $$;
