-- phase_json(phase, computation, view): what an event tells: all of a result but
-- its results while the computation is still in this phase; of a phase that is
-- over, what belonged to it.
CREATE FUNCTION core.phase_json(p core.phase, m core.computation, p_view text)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_body jsonb;
  j record;
BEGIN
  PERFORM FROM core.phase x WHERE x.job_id = p.job_id AND x.seq > p.seq;
  IF NOT FOUND THEN
    v_body := core.compute_body(m, p_view);
    IF v_body ->> 'phase' = p.phase THEN
      RETURN v_body;
    END IF;
  END IF;
  SELECT x.priority, x.created_at INTO j FROM core.job x WHERE x.id = p.job_id;
  RETURN jsonb_strip_nulls(jsonb_build_object('status', p.status, 'computation_id', core.comp_id(m.public_id), 'phase', p.phase,
    'reason_code', p.reason, 'priority', j.priority, 'attempt', p.attempt, 'label', CASE WHEN p_view <> 'state' THEN m.label END,
    'created_at', core.ts(j.created_at), 'updated_at', core.ts(p.at)));
END $$;
