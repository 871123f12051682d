-- cred_job_events(auths, requests {id, after}): how a credential job is now, if that
-- is not what the event after told; one answer for each call, in their order, in the
-- shape of api.compute_events.  States that nobody looked at are passed over: an
-- event is named by what it says, and nothing is kept for it.
CREATE FUNCTION api.cred_job_events(p_auths jsonb[], p_reqs jsonb[])
RETURNS SETOF core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  c constant core.caller[] := core.callers(p_auths);
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  FOR i IN 1 .. cardinality(p_reqs) LOOP
    IF ((c[i]).refusal).err IS NOT NULL THEN
      RETURN NEXT c[i].refusal;
    ELSE
      RETURN NEXT core.cred_events(c[i], p_reqs[i]);
    END IF;
  END LOOP;
END $$;
