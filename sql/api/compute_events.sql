-- compute_events(auths, requests {id, after}): what has happened to a computation
-- since the event after, or without id to all computations of the caller; one
-- answer for each call, in their order.  body is the events, [{id, event, data}];
-- extra says where to go on (after), whether there is more at once, whether rows
-- wait for an older transaction (held), whether it tells of many computations
-- (follow), whether this was the end (final), and what to wait for (wait_id).  It writes nothing durable, so the commit waits for no flush.
CREATE FUNCTION api.compute_events(p_auths jsonb[], p_reqs jsonb[])
RETURNS SETOF core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  c constant core.caller[] := core.callers(p_auths);
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  FOR i IN 1 .. cardinality(p_reqs) LOOP
    IF ((c[i]).refusal).err IS NOT NULL THEN
      RETURN NEXT c[i].refusal;
    ELSIF p_reqs[i] ->> 'id' IS NULL THEN
      RETURN NEXT core.events_all(c[i], p_reqs[i]);
    ELSE
      RETURN NEXT core.events_of(c[i], p_reqs[i]);
    END IF;
  END LOOP;
END $$;
