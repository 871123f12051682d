-- cred_ask(lease, call, args): a question about a credential job; NULL: it has no wallet
-- and the call is about records.
CREATE FUNCTION core.cred_ask(l core.lease, p_call core.job_call, p_args jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  j constant core.cred_job := core.cred_held(l);
  v jsonb;
BEGIN
  IF p_call.in_wallet AND j.wallet IS NULL THEN
    PERFORM core.job_fail('INTERNAL', 'no such call');
  END IF;
  EXECUTE format('SELECT core.%I($1, $2, $3)', 'ask_' || p_call.call) INTO v USING j, l.token, p_args;
  RETURN v;
END $$;
