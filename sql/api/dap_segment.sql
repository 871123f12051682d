-- dap_segment(auth, {host, folder}): a new open segment, whose file the caller makes under
-- that name: extra.segment.
CREATE FUNCTION api.dap_segment(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id uuid;
BEGIN
  INSERT INTO core.agg_segment (host, folder) VALUES (p_req ->> 'host', p_req ->> 'folder') RETURNING id INTO v_id;
  RETURN core.ok(201, NULL, jsonb_build_object('segment', v_id));
END $$;
