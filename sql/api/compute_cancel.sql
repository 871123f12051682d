-- compute_cancel(auth, {id, reason}): end a computation in whatever phase it is;
-- 200 with the state it has now, also when it was final before.  Its consumer,
-- the owner of an input and an operator may.
CREATE FUNCTION api.compute_cancel(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  f record;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO f FROM core.compute_find(c, (p_req ->> 'id')::uuid);
  IF f.view IS NULL THEN
    RETURN core.compute_unknown();
  END IF;
  RETURN core.compute_end(c, (f.m).job_id, f.view, p_req ->> 'reason');
END $$;
