-- job_open(job, token): what a claimed job of executor fork stands on, as its service
-- says it; NULL when the token is gone.  {"err": {"code", "message"}}: the job
-- cannot run any more, end it so.
CREATE FUNCTION api.job_open(p_id uuid, p_token uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  l constant core.lease := core.job_held(p_id, p_token);
  v jsonb;
BEGIN
  IF l.id IS NULL THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT %s($1)', core.service_call(l.kind, 'open')) INTO v USING l;
  RETURN v;
END $$;
