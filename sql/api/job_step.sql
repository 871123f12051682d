-- job_step(id, token): one bounded step of a job whose kind runs in SQL.  NULL:
-- call again; else its outcome, to be sent with job_turn.  Raises nothing for a
-- lost token: the outcome says so and the finish will be fenced.
CREATE FUNCTION api.job_step(p_id uuid, p_token uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_step    text;
  v_spec    jsonb;
  v_outcome jsonb;
BEGIN
  SELECT k.sql_step, j.spec INTO v_step, v_spec
    FROM core.lease l JOIN core.kind k ON k.id = l.kind JOIN core.job j ON j.id = l.id
   WHERE l.id = p_id AND l.token = p_token;
  IF v_step IS NULL THEN
    RETURN '{"state": "failed", "reason": "WORKER_LOST", "started": false}';
  END IF;
  EXECUTE format('SELECT core.%I($1, $2)', v_step) INTO v_outcome USING p_id, v_spec;
  RETURN v_outcome;
END $$;
