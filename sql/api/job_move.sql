-- job_move(job, priority): give a waiting job another priority (-10 to 10, higher
-- first); the time it has waited still counts.  Raises when it does not wait.
CREATE FUNCTION api.job_move(p_job text, p_priority int) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id   uuid := core.job_find(p_job);
  v_job  core.job;
  v_rank bigint;
BEGIN
  IF p_priority IS NULL OR p_priority NOT BETWEEN -10 AND 10 THEN
    RAISE EXCEPTION 'priority: -10 to 10' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT * INTO STRICT v_job FROM core.job j WHERE j.id = v_id;
  v_rank := core.rank_at(v_job.created_at, p_priority);
  UPDATE core.later l SET rank = v_rank WHERE l.id = v_id;
  IF NOT FOUND THEN
    UPDATE core.ready r SET rank = v_rank
     WHERE r.seg IN (0, 1) AND r.lane = CASE WHEN core.job_fetches(v_job) THEN 4 ELSE v_job.lane END AND r.band IN (0, 1, 2, 3) AND r.tenant = v_job.principal AND r.id = v_id;
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'job % is %, not waiting', p_job, (SELECT s.state FROM core.job_state(v_id) s)
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  PERFORM core.event_add(core.psql_actor(), 'job.moved', core.job_name(v_id), jsonb_build_object('priority', p_priority));
  RETURN 'moved';
END $$;
