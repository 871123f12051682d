-- job_retry(job): give a dead (quarantined) job another life: its crashes are
-- forgotten, its attempt numbers go on.  A computation needs a run of its data
-- lease again.  Raises object_not_in_prerequisite_state for any other job.
CREATE FUNCTION api.job_retry(p_job text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id   uuid := core.job_find(p_job);
  v_job  core.job;
  v_done core.done;
BEGIN
  DELETE FROM core.done d WHERE d.id = v_id AND d.state = 'dead' RETURNING d.* INTO v_done;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'job % is %, not dead', p_job, (SELECT s.state FROM core.job_state(v_id) s)
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Only quarantined jobs can be tried again.';
  END IF;
  SELECT * INTO STRICT v_job FROM core.job j WHERE j.id = v_id;
  IF v_job.kind = 1 THEN
    PERFORM core.compute_reopen(v_id);
  ELSE
    PERFORM core.cred_reopen(v_id);
  END IF;
  INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, attempt, crashes, timeout_ms)
  SELECT s.current, CASE WHEN k.id = v_job.kind THEN v_job.lane ELSE k.lane END, 1, v_job.principal, core.rank_at(v_job.created_at, v_job.priority), v_id, k.id,
         v_done.attempt, 0, CASE WHEN k.id = v_job.kind THEN v_job.timeout_ms ELSE k.timeout_ms END
    FROM core.segment s, core.kind k WHERE k.id = CASE WHEN core.job_fetches(v_job) THEN 11 ELSE v_job.kind END;
  PERFORM core.phase_note(ARRAY[v_id]);
  PERFORM core.announce(ARRAY[v_id]);
  PERFORM core.event_add(core.psql_actor(), 'job.retried', core.job_name(v_id));
  PERFORM core.ring(v_job.lane);
  RETURN 'queued';
END $$;
