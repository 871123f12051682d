-- agg_gauges(): what /metrics reads of the aggregate service.
CREATE FUNCTION core.agg_gauges() RETURNS TABLE (name text, labels jsonb, value double precision)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
    SELECT 'darkroom_aggregate_reports_total', jsonb_build_object('stage', k.stage, 'word', k.word), sum(k.n)::float8 FROM core.agg_counter k GROUP BY k.stage, k.word
    UNION ALL
    SELECT 'darkroom_aggregate_jobs', jsonb_build_object('state', s), (SELECT count(*) FROM core.agg_job j WHERE j.state = s)::float8 FROM unnest(ARRAY['new', 'sent']) s
    UNION ALL
    SELECT 'darkroom_aggregate_collections', '{}', (SELECT count(*) FROM core.agg_collection c WHERE c.state IN ('waiting', 'closing'))
    UNION ALL
    SELECT 'darkroom_aggregate_buckets_diverged', '{}', (SELECT count(*) FROM core.agg_bucket b WHERE b.state = 'diverged')
    UNION ALL
    SELECT g.name, '{}', g.value
      FROM (SELECT count(*) AS n, min(coalesce(s.since, s.at)) AS at FROM core.agg_stored s) x
     CROSS JOIN LATERAL (VALUES ('darkroom_aggregate_waiting_reports', x.n::float8),
                                ('darkroom_aggregate_waiting_oldest_seconds', coalesce(extract(epoch FROM clock_timestamp() - x.at)::float8, 0))) g(name, value);
END $$;
