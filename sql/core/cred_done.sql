-- cred_done(lease, outcome): a run of a credential job completed; the caller has just
-- deleted its lease.  Its writes are made, all or none, in this transaction,
-- and its result is kept.  Writes that met others' (core.cred_clash, a key that is
-- taken, a row that went) let the job run again, up to clash_max times, without
-- counting an attempt; writes that cannot be made fail it.
CREATE FUNCTION core.cred_done(l core.lease, p_outcome jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  r constant jsonb := p_outcome -> 'result';
  j core.cred_job;
  w jsonb;
  v_clash boolean := false;
  v_code text;
  v_message text;
BEGIN
  SELECT x.* INTO j FROM core.cred_job x WHERE x.job_id = l.id;
  BEGIN
    PERFORM core.tenant_enter(j.tenant, j.wallet);
    PERFORM core.cred_files_keep(p_outcome -> 'files');
    FOR w IN SELECT x FROM jsonb_array_elements(coalesce(r -> 'writes', '[]')) x LOOP
      j := core.cred_write(j, l.token, w);
    END LOOP;
    PERFORM core.cred_result_keep(j, r);
  EXCEPTION
    WHEN SQLSTATE 'DR001' OR unique_violation OR foreign_key_violation THEN
      v_clash := true;
    WHEN SQLSTATE 'DR002' THEN
      GET STACKED DIAGNOSTICS v_code = PG_EXCEPTION_DETAIL, v_message = MESSAGE_TEXT;
    WHEN data_exception OR integrity_constraint_violation THEN
      v_code := 'INTERNAL';
  END;
  IF v_clash AND j.clashes < core.setting_int('clash_max') THEN
    UPDATE core.cred_job x SET clashes = x.clashes + 1 WHERE x.job_id = l.id;
    l.started_at := NULL;
    PERFORM core.job_requeue(ARRAY[l], true);
    PERFORM core.ring(l.lane);
    RETURN;
  ELSIF v_clash THEN
    v_code := 'CONFLICT';
  END IF;
  IF v_code IS NULL THEN
    INSERT INTO core.done (id, principal, kind, state, attempt, crashes, worker, started_at, outcome)
    VALUES (l.id, l.tenant, l.kind, 'completed', l.attempt, l.crashes, l.worker, l.started_at, p_outcome - '{files,result}'::text[]);
    PERFORM core.cred_settle(j, l.started_at, true);
  ELSE
    PERFORM core.done_add(ARRAY[ROW(l.id, l.tenant, l.kind, 'failed', v_code, l.attempt, l.crashes, l.worker, l.started_at, clock_timestamp(),
      p_outcome || jsonb_strip_nulls(jsonb_build_object('message', v_message)))::core.done]);
  END IF;
  PERFORM core.cred_pace_add(l);
END $$;
