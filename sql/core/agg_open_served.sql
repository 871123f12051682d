-- agg_open_served(subject): a helper's aggregate share that is to be made; NULL: it was.
CREATE FUNCTION core.agg_open_served(s core.agg_subject) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_unit constant bigint := (SELECT core.agg_unit(t) FROM core.agg_task t WHERE t.task_no = s.task_no);
  v core.agg_served;
BEGIN
  SELECT x.* INTO v FROM core.agg_served x WHERE x.served_no = s.served AND x.state = 'running';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN jsonb_build_object('share', jsonb_strip_nulls(jsonb_build_object('digest', encode(v.digest, 'hex'), 'request_b64', core.b64(v.request),
    'mode', CASE WHEN v.batch_id IS NULL THEN 1 ELSE 2 END, 'batch_id', core.b64u(v.batch_id), 'start', v.first / v_unit, 'duration', (v.past - v.first) / v_unit, 'count', v.count,
    'checksum', core.bits256_hex(v.checksum))));
END $$;
