-- node_pressure(): what the fronts shed load by, read once a second: queued jobs
-- (counted to the cap), the cap, and when a refused client may come again.
-- Keeps partitions ahead as well: a node without workers still takes jobs.
CREATE FUNCTION api.node_pressure() RETURNS TABLE (queued bigint, queue_max bigint, retry_ms int)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_max bigint := core.setting_int('queue_max');
BEGIN
  PERFORM core.day_ahead();
  RETURN QUERY
    SELECT (SELECT count(*) FROM (SELECT FROM core.ready LIMIT v_max) r)
         + (SELECT count(*) FROM (SELECT FROM core.later LIMIT v_max) l), v_max, 5000;
END $$;
