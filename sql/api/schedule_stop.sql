-- schedule_stop(auth, {name}): it makes no more jobs, until it is put again; the job that
-- runs goes on.  Again is harmless.
CREATE FUNCTION api.schedule_stop(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  s core.agg_schedule;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  s := core.schedule_stop(c.public_id, p_req ->> 'name');
  IF s.name IS NULL THEN
    RETURN core.schedule_unknown();
  END IF;
  RETURN core.ok(200, core.schedule_json(s), jsonb_build_object('rate', c.rate));
END $$;
