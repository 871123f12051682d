-- cred_error(state, reason, outcome): why a job ended without a result, NULL when it
-- did not: a code, and what its executor said, or what the code means.
CREATE FUNCTION core.cred_error(p_state text, p_reason text, p_outcome jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_state NOT IN ('failed', 'cancelled', 'dead') THEN
    RETURN NULL;
  END IF;
  RETURN jsonb_build_object('code', p_reason, 'retry_ms', CASE p_reason WHEN 'REGISTRY_FULL' THEN 5000 END, 'message', coalesce(left(p_outcome ->> 'message', 512),
    (SELECT core.fill(r.says, coalesce(p_outcome -> 'detail', '{}') || coalesce(p_outcome, '{}')) FROM core.reason r WHERE r.code = p_reason)));
END $$;
