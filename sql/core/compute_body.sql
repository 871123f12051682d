-- compute_body(computation, view): the fields of a result without results, for
-- consumer, owner or state view.
CREATE FUNCTION core.compute_body(m core.computation, p_view text)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  j record;
  s record;
  w record;
  e record;
  v_body jsonb;
BEGIN
  SELECT x.priority, x.created_at INTO j FROM core.job x WHERE x.id = m.job_id;
  SELECT * INTO s FROM core.job_state(m.job_id);
  SELECT * INTO w FROM core.public_status(s.state, s.phase, s.reason, m.release_state, m.release_code);
  v_body := jsonb_build_object('status', w.status, 'computation_id', core.comp_id(m.public_id), 'phase', w.phase,
      'priority', j.priority, 'attempt', s.attempt, 'created_at', core.ts(j.created_at),
      'updated_at', core.ts(greatest(m.updated_at, s.started_at, s.finished_at)),
      'started_at', core.ts(s.started_at), 'finished_at', core.ts(s.finished_at), 'reason_code', w.reason_code);
  IF w.phase = 'queued' THEN
    v_body := v_body || core.queue_view(m.job_id);
  END IF;
  IF p_view = 'state' THEN
    RETURN jsonb_strip_nulls(v_body);
  END IF;

  v_body := v_body || jsonb_build_object('label', m.label,
      'usage', core.usage_shown(coalesce(s.outcome -> 'usage', s.usage), p_view));
  IF w.status = 'failed' THEN
    SELECT * INTO e FROM core.public_error(w.reason_code, s.outcome, m.release_note, m.reveal OR p_view = 'owner');
    v_body := v_body || jsonb_build_object('error', e.error, 'hint', e.hint, 'exit_code', s.outcome -> 'exit_code');
  END IF;
  IF w.status = 'completed' OR (p_view = 'owner' AND m.finished_at IS NOT NULL) THEN
    v_body := v_body || jsonb_build_object('exit_code', s.outcome -> 'exit_code',
        'artifact_meta', core.artifact_meta(m, p_view), 'artifact_notes', s.outcome -> 'notes',
        'output_truncated', coalesce((s.outcome -> 'output_truncated')::boolean, false),
        'expires_at', core.ts(m.finished_at + core.setting_int('result_ttl_s') * interval '1 s'));
  END IF;
  IF p_view = 'owner' THEN
    v_body := v_body || core.compute_owner_part(m);
  END IF;
  RETURN jsonb_strip_nulls(v_body);
END $$;
