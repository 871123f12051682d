-- agg_served_answer(request, status): what a leader is told; a run that ended without an
-- answer is followed by another; one that was answered since the caller looked, or that another call
-- has queued, is left as it is.
CREATE FUNCTION core.agg_served_answer(v core.agg_served, p_status int) RETURNS core.answer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_extra constant jsonb := jsonb_build_object('share_id', core.id16_text(v.share_id));
BEGIN
  IF v.state = 'failed' THEN
    RETURN core.refuse(v.word, 'the batch cannot be collected');
  ELSIF v.state = 'done' THEN
    RETURN core.ok(p_status, NULL, v_extra || jsonb_build_object('final', true, 'data_b64', core.b64(v.share)));
  ELSIF v.queue_id IS NULL OR core.agg_lost(v.queue_id) THEN
    UPDATE core.agg_served x SET queue_id = core.enqueue(203::smallint, 0, jsonb_build_object('task_no', x.task_no, 'served', x.served_no))
     WHERE x.served_no = v.served_no AND x.queue_id IS NOT DISTINCT FROM v.queue_id AND x.state = 'running' RETURNING x.queue_id INTO v.queue_id;
    IF NOT FOUND THEN
      SELECT x.* INTO STRICT v FROM core.agg_served x WHERE x.served_no = v.served_no;
      RETURN core.agg_served_answer(v, p_status);
    END IF;
    RETURN core.agg_ringing(core.ok(202, NULL, v_extra || jsonb_build_object('wait_id', v.queue_id, 'final', false)), 203);
  END IF;
  RETURN core.ok(202, NULL, v_extra || jsonb_build_object('wait_id', v.queue_id, 'final', false));
END $$;
