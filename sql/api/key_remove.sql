-- key_remove(auth, {id, peer_id}): the key, by either of its ids, fails from the
-- next call on.
CREATE FUNCTION api.key_remove(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  UPDATE core.principal_key k SET removed_at = clock_timestamp()
    FROM core.principal p
   WHERE p.public_id = p_req ->> 'id' AND k.principal = p.id AND p_req ->> 'peer_id' IN (k.peer_id, k.alias) AND k.removed_at IS NULL;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such key');
  END IF;
  PERFORM core.event_add(c.public_id, 'key.removed', p_req ->> 'id', jsonb_build_object('peer_id', p_req ->> 'peer_id'));
  RETURN core.ok(204);
END $$;
