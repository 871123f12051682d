-- lane_load(): what each lane has to do: jobs waiting, later and running, and
-- for how long the oldest runnable one has waited (by its rank, so a high
-- priority makes it look older by 10 minutes a step).
CREATE FUNCTION core.lane_load() RETURNS TABLE (lane_id smallint, lane text, paused boolean, waiting bigint, later bigint, running bigint, oldest_s double precision)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
    SELECT n.id, n.name, n.paused, coalesce(r.n, 0), coalesce(l.n, 0), coalesce(x.n, 0),
           greatest(0, extract(epoch FROM clock_timestamp()) - r.oldest / 1e6)::double precision
      FROM core.lane n
      LEFT JOIN (SELECT y.lane, count(*) AS n, min(y.rank) AS oldest FROM core.ready y GROUP BY y.lane) r ON r.lane = n.id
      LEFT JOIN (SELECT y.lane, count(*) AS n FROM core.later y GROUP BY y.lane) l ON l.lane = n.id
      LEFT JOIN (SELECT y.lane, count(*) AS n FROM core.lease y GROUP BY y.lane) x ON x.lane = n.id
     ORDER BY n.id;
END $$;
