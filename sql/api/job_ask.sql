-- job_ask(job, token, call, args): a question of a runner, answered by
-- core.ask_<call> through the service of the job, if its kind may.  NULL when the
-- token is gone; {"value": …}, or {"err": {"code", "message"}}.  Its effects are
-- committed with the answer.
CREATE FUNCTION api.job_ask(p_id uuid, p_token uuid, p_call text, p_args jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  l constant core.lease := core.job_held(p_id, p_token);
  c core.job_call;
  v jsonb;
  v_code text;
  v_message text;
BEGIN
  IF l.id IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT x.* INTO c FROM core.job_call x, core.kind k WHERE x.call = p_call AND k.id = l.kind AND k.name ~ x.kinds;
  IF NOT FOUND OR jsonb_typeof(p_args) IS DISTINCT FROM 'object' THEN
    RETURN '{"err": {"code": "INTERNAL", "message": "no such call"}}';
  END IF;
  BEGIN
    EXECUTE format('SELECT %s($1, $2, $3)', core.service_call(l.kind, 'ask')) INTO v USING l, c, p_args;
  EXCEPTION
    WHEN SQLSTATE 'DR002' THEN
      GET STACKED DIAGNOSTICS v_code = PG_EXCEPTION_DETAIL, v_message = MESSAGE_TEXT;
      RETURN jsonb_build_object('err', jsonb_build_object('code', v_code, 'message', v_message));
    WHEN data_exception OR integrity_constraint_violation THEN
      RETURN jsonb_build_object('err', jsonb_build_object('code', 'INTERNAL', 'message', format('%s: not of its form', p_call)));
  END;
  IF v ? '_err' THEN
    RETURN jsonb_build_object('err', v -> '_err');
  END IF;
  RETURN jsonb_build_object('value', v);
END $$;
