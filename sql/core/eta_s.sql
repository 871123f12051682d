-- eta_s(lane, ahead): seconds until a job with so many before it starts, from
-- the mean of the lane's last 50 runs and the runners that are alive; NULL when
-- there is nothing to judge by.
CREATE FUNCTION core.eta_s(p_lane smallint, p_ahead int)
RETURNS int LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN d.mean_s IS NOT NULL AND w.runners IS NOT NULL THEN
          least(ceil((p_ahead + 1) * d.mean_s / w.runners), 86400)::int END
    FROM (SELECT avg(extract(epoch FROM x.finished_at - x.started_at)) AS mean_s
            FROM (SELECT e.started_at, e.finished_at FROM core.done e
                    JOIN core.kind k ON k.id = e.kind AND k.lane = p_lane
                   WHERE e.started_at IS NOT NULL AND e.finished_at > clock_timestamp() - interval '1 hour'
                   ORDER BY e.finished_at DESC LIMIT 50) x) d,
         (SELECT nullif(sum((o.lanes ->> l.name)::int), 0) AS runners
            FROM core.worker o, core.lane l WHERE o.state = 'live' AND l.id = p_lane) w
$$;
