-- schedule_put(auth, {name, cron, kind, args, catch_up}): a schedule, made or changed, and
-- enabled; core.schedule_put says what stands for what is not given.
CREATE FUNCTION api.schedule_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_name constant text := p_req ->> 'name';
  v_wrong text;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  v_wrong := core.schedule_put(c.public_id, v_name, p_req ->> 'cron', p_req ->> 'kind', p_req -> 'args', p_req ->> 'catch_up');
  IF v_wrong IS NOT NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', v_wrong);
  END IF;
  RETURN core.ok(200, (SELECT core.schedule_json(s) FROM core.agg_schedule s WHERE s.name = v_name), jsonb_build_object('rate', c.rate));
END $$;
