-- agg_task_list(auth, {limit, cursor}): tasks in the order they were made.
CREATE FUNCTION api.agg_task_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_limit constant int := least(coalesce((p_req ->> 'limit')::int, 50), 1000);
  v_after constant int := core.cursor_read(p_req ->> 'cursor', '^[0-9]{1,9}$', '0')::int;
  v_rows jsonb;
  v_keys text[];
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  ELSIF v_after IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  SELECT jsonb_agg(core.agg_task_json(x.t) ORDER BY (x.t).task_no), array_agg((x.t).task_no::text ORDER BY (x.t).task_no) INTO v_rows, v_keys
    FROM (SELECT t FROM core.agg_task t WHERE t.task_no > v_after ORDER BY t.task_no LIMIT v_limit + 1) x;
  RETURN core.ok(200, core.page(v_rows, v_keys, v_limit), jsonb_build_object('rate', c.rate));
END $$;
