-- node_metrics(): rows of GET /metrics: full name, labels as Prometheus text
-- without braces, value.  Rows of one name come together; histogram buckets in
-- order.  Counters of finished jobs lag 15 s; see core.done_tally.
CREATE FUNCTION api.node_metrics() RETURNS TABLE (name text, labels text, value double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT m.name, core.label_text(m.labels), m.value
      FROM (SELECT 'darkroom_compute_' || t.name AS name, t.labels, t.value FROM core.tally t
            UNION ALL SELECT g.name, g.labels, g.value FROM core.node_gauges() g) m
     ORDER BY m.name, m.labels - 'le', (m.labels ->> 'le')::double precision;
END $$;
