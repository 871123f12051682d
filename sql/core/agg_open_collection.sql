-- agg_open_collection(subject): a collection, whose batch is closed now if it can have the minimum; NULL:
-- it has ended.
CREATE FUNCTION core.agg_open_collection(s core.agg_subject) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_unit constant bigint := (SELECT core.agg_unit(t) FROM core.agg_task t WHERE t.task_no = s.task_no);
  c core.agg_collection;
BEGIN
  PERFORM core.agg_alone(s.task_no);
  SELECT x.* INTO c FROM core.agg_collection x WHERE x.collection_no = s.collection AND x.state IN ('waiting', 'closing');
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF c.state = 'waiting' THEN
    c.state := core.agg_close(c);
  END IF;
  IF c.state = 'failed' THEN
    RETURN NULL;
  END IF;
  RETURN jsonb_build_object('collection', jsonb_strip_nulls(jsonb_build_object('collection_id', core.id16_text(c.collection_id), 'request_b64', core.b64(c.request), 'state', c.state,
    'mode', CASE WHEN c.batch_id IS NULL THEN 1 ELSE 2 END, 'batch_id', core.b64u(c.batch_id), 'start', c.first / v_unit, 'duration', (c.past - c.first) / v_unit, 'tries', c.tries,
    'location', c.location)));
END $$;
