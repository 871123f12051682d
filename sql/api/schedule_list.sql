-- schedule_list(auth, {limit, cursor}): schedules by name.
CREATE FUNCTION api.schedule_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_limit constant int := least(coalesce((p_req ->> 'limit')::int, 50), 1000);
  v_after constant text := core.cursor_read(p_req ->> 'cursor', '^[a-z0-9][a-z0-9._-]{0,62}$', '');
  v_rows jsonb;
  v_keys text[];
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  ELSIF v_after IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  SELECT jsonb_agg(core.schedule_json(x.s) ORDER BY (x.s).name), array_agg((x.s).name ORDER BY (x.s).name) INTO v_rows, v_keys
    FROM (SELECT s FROM core.agg_schedule s WHERE s.name > v_after ORDER BY s.name LIMIT v_limit + 1) x;
  RETURN core.ok(200, core.page(v_rows, v_keys, v_limit), jsonb_build_object('rate', c.rate));
END $$;
