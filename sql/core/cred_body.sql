-- cred_body(job, view): a credential job as its readers see it.  The result of a
-- private kind is not in it; an operator's view has no result at all.
CREATE FUNCTION core.cred_body(j core.cred_job, p_view text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s record;
  v_state text;
  v_queue jsonb := '{}';
  v_now boolean;                -- what the executor says is of this run
BEGIN
  SELECT * INTO s FROM core.job_state(j.job_id);
  v_state := CASE s.state WHEN 'later' THEN 'queued' WHEN 'dead' THEN 'failed' ELSE s.state END;
  v_now := s.state = 'running' AND j.attempt = s.attempt;
  IF s.state = 'queued' THEN
    v_queue := core.queue_view(j.job_id);
  END IF;
  RETURN jsonb_strip_nulls(jsonb_build_object('job_id', j.job_id, 'kind', (SELECT k.name FROM core.kind k WHERE k.id = j.kind),
      'state', v_state, 'phase', CASE WHEN v_now THEN coalesce(j.phase, s.phase) ELSE s.phase END,
      'progress', CASE WHEN v_now AND j.done IS NOT NULL THEN jsonb_build_object('done', j.done, 'total', j.total, 'unit', j.unit) END,
      'queue_position', v_queue -> 'queue_position', 'queue_position_capped', v_queue -> 'queue_position_capped', 'wait_reason', v_queue -> 'wait_reason',
      'eta_s', CASE WHEN v_state IN ('queued', 'running') THEN core.cred_eta(j, s.started_at, (v_queue ->> 'queue_position')::bigint) END,
      'wallet', j.wallet_name, 'lane', (SELECT l.name FROM core.lane l WHERE l.id = j.lane), 'attempt', s.attempt,
      'created_at', core.ts(core.uuid7_at(j.job_id)), 'started_at', core.ts(s.started_at), 'finished_at', core.ts(s.finished_at),
      'error', core.cred_error(s.state, s.reason, s.outcome)))
    || CASE WHEN s.state = 'completed' AND p_view <> 'state' AND j.body IS NOT NULL THEN jsonb_build_object('result', j.body) ELSE '{}' END;
END $$;
