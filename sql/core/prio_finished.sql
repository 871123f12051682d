-- prio_finished(job, state): a look at a run has ended.  One that completed says what it
-- found (core.prio_ran); after one that did not, what is done is still in files, and
-- the next look goes on.  Only an operator who cancels it ends the run.
CREATE FUNCTION core.prio_finished(p_job uuid, p_state text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_reason constant text := (SELECT d.reason FROM core.done d WHERE d.id = p_job);
BEGIN
  IF p_state = 'completed' OR (SELECT j.spec ->> 'config' FROM core.job j WHERE j.id = p_job) IS NULL THEN
    RETURN;                              -- of no settings: of no run
  END IF;
  PERFORM core.prio_looked(p_job, p_state <> 'cancelled', 'the look has ended: ' || concat_ws(', ', p_state, v_reason), '[]');
END $$;
