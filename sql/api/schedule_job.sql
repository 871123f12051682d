-- schedule_job(auth, {name}): the schedule's job now, as its last_job: 202.  Again within
-- the minute, the same.
CREATE FUNCTION api.schedule_job(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  s core.agg_schedule;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  s := core.schedule_fire(c.public_id, p_req ->> 'name');
  IF s.name IS NULL THEN
    RETURN core.schedule_unknown();
  END IF;
  RETURN core.ok(202, core.schedule_json(s),
                 jsonb_build_object('rate', c.rate, 'ring', (SELECT k.lane FROM core.kind k WHERE k.id = s.kind)));
END $$;
