-- agg_ask(lease, call, args): a question about a job of the service.
CREATE FUNCTION core.agg_ask(l core.lease, p_call core.job_call, p_args jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v jsonb;
BEGIN
  EXECUTE format('SELECT core.%I($1, $2, $3)', 'ask_' || p_call.call) INTO v USING core.agg_subject_of(l), l.token, p_args;
  RETURN v;
END $$;
