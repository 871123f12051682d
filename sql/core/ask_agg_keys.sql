-- ask_agg_keys: under which ids a key is to be made now.
CREATE FUNCTION core.ask_agg_keys(s core.agg_subject, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_due constant smallint := core.agg_key_due();
BEGIN
  RETURN jsonb_build_object('due', CASE WHEN v_due IS NULL THEN '[]' ELSE jsonb_build_array(v_due) END);
END $$;
