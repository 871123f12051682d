-- job_final(id, state, reason, outcome): end a job wherever it is.  Queued: it
-- leaves the queue.  Running: its lease goes, which fences its worker, and the
-- worker is told to kill it.  Returns the state the job has now, which is an
-- older final state if it had one, or NULL for an unknown id.
--
-- A job that moves between two of our looks (claimed, requeued) is met again on
-- the next round: every statement sees what was committed before it.
-- Callers that end many jobs do so in the order of their ids.
CREATE FUNCTION core.job_final(p_id uuid, p_state text, p_reason text, p_outcome jsonb DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_job   core.job;
  v_done  core.done;
  v_state text;
BEGIN
  SELECT * INTO v_job FROM core.job j WHERE j.id = p_id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  FOR i IN 1 .. 100 LOOP
    v_done := core.job_take(v_job);
    IF v_done.id IS NOT NULL THEN
      v_done.state := p_state;
      v_done.reason := p_reason;
      v_done.finished_at := clock_timestamp();
      v_done.outcome := p_outcome;
      PERFORM core.done_add(ARRAY[v_done]);
      PERFORM core.announce(ARRAY[p_id]);
      RETURN p_state;
    END IF;
    SELECT d.state INTO v_state FROM core.done d WHERE d.id = p_id;
    IF FOUND THEN
      RETURN v_state;
    END IF;
  END LOOP;
  RAISE EXCEPTION 'job % moves too fast to be ended', p_id USING ERRCODE = 'serialization_failure';
END $$;
