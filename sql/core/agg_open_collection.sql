-- agg_open_collection(subject): a collection, whose batch is closed now if it can have the minimum.
-- {"later_ms"}: it cannot yet; that is seen without a lock, since a collector may wait for days, and
-- looked at again after a tenth of the time that it has waited, 5 s to a minute.  NULL: it has ended.
CREATE FUNCTION core.agg_open_collection(s core.agg_subject) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_unit constant bigint := (SELECT core.agg_unit(t) FROM core.agg_task t WHERE t.task_no = s.task_no);
  c core.agg_collection;
BEGIN
  SELECT x.* INTO c FROM core.agg_collection x WHERE x.collection_no = s.collection;
  IF c.state <> 'waiting' OR core.agg_can_close(c) THEN
    PERFORM core.agg_alone(s.task_no);
    SELECT x.* INTO c FROM core.agg_collection x WHERE x.collection_no = s.collection;
    IF c.state = 'waiting' THEN
      c := core.agg_close(c);
    END IF;
  END IF;
  IF (c.state IN ('waiting', 'closing')) IS NOT TRUE THEN
    RETURN NULL;
  ELSIF c.state = 'waiting' THEN
    RETURN jsonb_build_object('later_ms', least(60000, greatest(5000, extract(epoch FROM clock_timestamp() - c.created_at) * 100))::int);
  END IF;
  RETURN jsonb_build_object('collection', jsonb_strip_nulls(jsonb_build_object('collection_id', core.id16_text(c.collection_id), 'request_b64', core.b64(c.request), 'state', c.state,
    'mode', CASE WHEN c.batch_id IS NULL THEN 1 ELSE 2 END, 'batch_id', core.b64u(c.batch_id), 'start', c.first / v_unit, 'duration', (c.past - c.first) / v_unit, 'tries', c.tries,
    'location', c.location)));
END $$;
