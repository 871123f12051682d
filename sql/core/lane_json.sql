-- lane_json(lane): its settings and what stands in it; waiting is counted to
-- 100,000.
CREATE FUNCTION core.lane_json(l core.lane)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('name', l.name, 'paused', l.paused, 'max_running', l.max_running,
    'queued', (SELECT count(*) FROM (SELECT FROM core.ready r WHERE r.seg IN (0, 1) AND r.lane = l.id LIMIT 100000) x),
    'later', (SELECT count(*) FROM core.later t WHERE t.lane = l.id),
    'running', (SELECT count(*) FROM core.lease e WHERE e.lane = l.id),
    'capacity', (SELECT coalesce(sum((w.lanes ->> l.name)::int), 0) FROM core.worker w WHERE w.state = 'live'))
$$;
