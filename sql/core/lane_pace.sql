-- lane_pace(lane): seconds from one start to the next, from the mean of the
-- lane's last 50 runs and the runners that are alive; NULL when there is nothing
-- to judge by.
CREATE FUNCTION core.lane_pace(p_lane smallint) RETURNS float8 LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_run_s float8;
  v_runners int;
BEGIN
  SELECT avg(extract(epoch FROM x.finished_at - x.started_at)) INTO v_run_s
    FROM (SELECT e.started_at, e.finished_at FROM core.done e
            JOIN core.kind k ON k.id = e.kind AND k.lane = p_lane
           WHERE e.started_at IS NOT NULL AND e.finished_at > clock_timestamp() - interval '1 hour'
           ORDER BY e.finished_at DESC LIMIT 50) x;
  SELECT nullif(sum((o.lanes ->> l.name)::int), 0) INTO v_runners
    FROM core.worker o, core.lane l WHERE o.state = 'live' AND l.id = p_lane;
  RETURN v_run_s / v_runners;
END $$;
