-- cred_progress(job, token, phase, done, total, unit): how far a run is; false when
-- the token is gone: kill it.  Within a phase of a run done never goes back.
CREATE FUNCTION api.cred_progress(p_id uuid, p_token uuid, p_phase text, p_done bigint, p_total bigint, p_unit text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  v_attempt smallint;
BEGIN
  SELECT l.attempt INTO v_attempt FROM core.lease l WHERE l.id = p_id AND l.token = p_token FOR KEY SHARE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE core.cred_job j
     SET done = CASE WHEN j.attempt = v_attempt AND j.phase = left(p_phase, 64) THEN greatest(j.done, p_done) ELSE p_done END,
         attempt = v_attempt, phase = left(p_phase, 64), total = nullif(p_total, 0), unit = left(p_unit, 32)
   WHERE j.job_id = p_id;
  PERFORM core.announce(ARRAY[p_id]);
  RETURN true;
END $$;
