-- fork_done(lease, outcome): a run of a job of executor fork completed, or waits; the
-- caller has just deleted its lease.  Its writes are made by its service, all or none, in
-- this transaction, and its result is kept.  Writes that met others' (core.job_clash, a key that is
-- taken, a row that went) let the job run again, as often as its service allows, without
-- counting an attempt; writes that cannot be made fail it.
CREATE FUNCTION core.fork_done(l core.lease, p_outcome jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_waits constant boolean := p_outcome ->> 'state' = 'waiting';
  v_again boolean := false;
  v_code text;
  v_message text;
BEGIN
  BEGIN
    EXECUTE format('SELECT %s($1, $2)', core.service_call(l.kind, 'make')) USING l, p_outcome;
  EXCEPTION
    WHEN SQLSTATE 'DR001' OR unique_violation OR foreign_key_violation THEN
      v_code := 'CONFLICT';
      EXECUTE format('SELECT %s($1)', core.service_call(l.kind, 'again')) INTO v_again USING l;
    WHEN SQLSTATE 'DR002' THEN
      GET STACKED DIAGNOSTICS v_code = PG_EXCEPTION_DETAIL, v_message = MESSAGE_TEXT;
    WHEN data_exception OR integrity_constraint_violation THEN
      v_code := 'INTERNAL';
  END;
  IF v_again THEN
    l.started_at := NULL;
    PERFORM core.job_requeue(ARRAY[l], true);
    PERFORM core.ring(l.lane);
    RETURN;
  ELSIF v_code IS NULL AND v_waits THEN
    PERFORM core.job_wait(l, (p_outcome ->> 'wait_ms')::bigint);
    RETURN;
  ELSIF v_code IS NULL THEN
    INSERT INTO core.done (id, principal, kind, state, attempt, crashes, worker, started_at, outcome)
    VALUES (l.id, l.tenant, l.kind, 'completed', l.attempt, l.crashes, l.worker, l.started_at, p_outcome - '{files,result}'::text[]);
  ELSE
    PERFORM core.done_add(ARRAY[ROW(l.id, l.tenant, l.kind, 'failed', v_code, l.attempt, l.crashes, l.worker, l.started_at, clock_timestamp(),
      p_outcome || jsonb_strip_nulls(jsonb_build_object('message', v_message)))::core.done]);
  END IF;
  EXECUTE format('SELECT %s($1, $2)', core.service_call(l.kind, 'ended')) USING l, v_code IS NULL;
END $$;
