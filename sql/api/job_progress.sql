-- job_progress(job, token, phase, done, total, unit): how far a run of a job of
-- executor fork is; false when the token is gone: kill it.
CREATE FUNCTION api.job_progress(p_id uuid, p_token uuid, p_phase text, p_done bigint, p_total bigint, p_unit text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  l constant core.lease := core.job_held(p_id, p_token);
BEGIN
  IF l.id IS NULL THEN
    RETURN false;
  END IF;
  PERFORM set_config('synchronous_commit', 'off', true);
  EXECUTE format('SELECT %s($1, $2, $3, $4, $5)', core.service_call(l.kind, 'progress')) USING l, p_phase, p_done, p_total, p_unit;
  PERFORM core.announce(ARRAY[p_id]);
  RETURN true;
END $$;
