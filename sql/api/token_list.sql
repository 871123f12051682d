-- token_list(auth, {}): the caller's live tokens, without secrets.
CREATE FUNCTION api.token_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  RETURN (
    SELECT core.ok(200, jsonb_build_object('data', coalesce(jsonb_agg(core.token_json(t) ORDER BY t.created_at, t.id), '[]')))
      FROM core.token t WHERE t.principal = c.id AND t.revoked_at IS NULL AND t.expires_at > clock_timestamp());
END $$;
