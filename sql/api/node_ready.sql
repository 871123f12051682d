-- node_ready(): GET /readyz: 200 when every required check is ready, else 503.
CREATE FUNCTION api.node_ready() RETURNS core.answer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_ready  boolean;
  v_checks jsonb;
BEGIN
  SELECT bool_and(c.status = 'ready' OR NOT c.required),
         jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', c.name, 'status', c.status, 'detail', c.detail)))
    INTO v_ready, v_checks FROM core.node_checks() c;
  RETURN core.ok(CASE WHEN v_ready THEN 200 ELSE 503 END, jsonb_build_object('ready', v_ready, 'checks', v_checks));
END $$;
