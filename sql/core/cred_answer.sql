-- cred_answer(caller, job, view, look): the answer to who asks for a job.  look
-- 'result': that of the job itself, as if it had been waited for: its status and
-- result, its error as a refusal, 202 while it is open.  An operator's view has no
-- result, however it looks.
CREATE FUNCTION core.cred_answer(c core.caller, j core.cred_job, p_view text, p_look text) RETURNS core.answer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_look constant text := CASE WHEN p_view <> 'state' THEN p_look END;
  v_body jsonb := core.cred_body(j, p_view);
  v_extra jsonb;
  v_sealed bytea;
BEGIN
  IF j.finished_at IS NULL AND v_body ->> 'state' IN ('completed', 'failed', 'cancelled') THEN
    SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = j.job_id;   -- it ended after j was read: its result was not there yet
    v_body := core.cred_body(j, p_view);
  END IF;
  v_extra := jsonb_build_object('wait_id', j.job_id, 'final', v_body ->> 'state' IN ('completed', 'failed', 'cancelled'), 'rate', c.rate,
    'location', '/api/v1/credentials/jobs/' || j.job_id,
    'etag', md5((v_body - ARRAY['queue_position', 'queue_position_capped', 'wait_reason', 'eta_s'])::text));
  IF v_body ->> 'state' = 'completed' AND p_view = 'submitter' AND j.body IS NULL THEN
    SELECT p.sealed INTO v_sealed FROM core.private_result p WHERE p.job_id = j.job_id AND p.expires_at > clock_timestamp();
    IF FOUND THEN
      v_extra := v_extra || jsonb_build_object('private_b64', translate(encode(v_sealed, 'base64'), E'\n', ''));
    ELSIF v_look = 'result' THEN
      RETURN core.refuse('GONE', 'the result is not kept any longer');
    END IF;
  END IF;
  IF v_look IS DISTINCT FROM 'result' THEN
    RETURN core.ok(200, v_body, v_extra);
  ELSIF v_body ? 'error' THEN
    RETURN ROW(coalesce((SELECT r.word FROM core.reason r WHERE r.code = v_body #>> '{error,code}'), v_body #>> '{error,code}'),
               v_body #>> '{error,message}', (v_body #>> '{error,retry_ms}')::int, NULL, NULL, v_extra)::core.answer;
  ELSIF v_body ->> 'state' = 'completed' THEN
    RETURN core.ok(j.status, j.body, v_extra);
  END IF;
  RETURN core.ok(202, jsonb_build_object('job_id', j.job_id), v_extra);
END $$;
