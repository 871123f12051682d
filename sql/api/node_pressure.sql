-- node_pressure(): what the fronts shed load by, read once a second: queued jobs,
-- the cap, and when a refused client may come again.  The jobs are counted (to
-- the cap) once the tables could hold that many; below that their pages say how
-- many there are at most, because a long backlog that is allowed must not be
-- counted by every front each second.
-- Keeps partitions ahead as well: a node without workers still takes jobs.
CREATE FUNCTION api.node_pressure() RETURNS TABLE (queued bigint, queue_max bigint, retry_ms int)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_max  bigint := core.setting_int('queue_max');
  v_most bigint := 100 * (pg_relation_size('core.ready_0') + pg_relation_size('core.ready_1') + pg_relation_size('core.later'))
                   / current_setting('block_size')::int;      -- a row of either takes over 82 bytes
BEGIN
  PERFORM core.day_ahead();
  IF v_most >= v_max THEN
    v_most := (SELECT count(*) FROM (SELECT FROM core.ready LIMIT v_max) r)
            + (SELECT count(*) FROM (SELECT FROM core.later LIMIT v_max) l);
  END IF;
  RETURN QUERY SELECT v_most, v_max, 5000;
END $$;
