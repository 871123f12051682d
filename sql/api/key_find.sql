-- key_find(auth, {peer_id}): a live key by either of its ids, for the front, which
-- cannot verify without: {public_key}, hex of core.principal_key's bytes.
-- NOT_FOUND when there is none.  Asks for no caller: it is the front that asks,
-- before it knows one; a public key is no secret.
CREATE FUNCTION api.key_find(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_key bytea;
BEGIN
  SELECT k.public_key INTO v_key FROM core.principal_key k WHERE k.peer_id = p_req ->> 'peer_id' AND k.removed_at IS NULL;
  IF NOT FOUND THEN
    SELECT k.public_key INTO v_key FROM core.principal_key k WHERE k.alias = p_req ->> 'peer_id' AND k.removed_at IS NULL;
  END IF;
  RETURN CASE WHEN v_key IS NULL THEN core.refuse('NOT_FOUND', 'no such key')
              ELSE core.ok(200, jsonb_build_object('public_key', encode(v_key, 'hex'))) END;
END $$;
