-- token_remove(auth, {id}): the token and all that were made with it are dead.
CREATE FUNCTION api.token_remove(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  WITH RECURSIVE dead AS (
    SELECT t.id FROM core.token t WHERE t.id = p_req ->> 'id' AND t.principal = c.id AND t.revoked_at IS NULL
    UNION
    SELECT t.id FROM core.token t JOIN dead d ON t.made_by = d.id AND t.principal = c.id)
  UPDATE core.token t SET revoked_at = clock_timestamp() FROM dead d WHERE t.id = d.id AND t.revoked_at IS NULL;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such token');
  END IF;
  PERFORM core.event_add(c.public_id, 'token.removed', p_req ->> 'id');
  RETURN core.ok(204);
END $$;
