-- key_add(auth, {id, keys}): further keys of a principal.  201 with the principal.
CREATE FUNCTION api.key_add(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  p core.principal;
  a core.answer;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.idem_find(c.id, 'key_add', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  SELECT * INTO p FROM core.principal x WHERE x.public_id = p_req ->> 'id';
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such principal');
  END IF;
  a := core.keys_refusal(p.id, p_req -> 'keys');
  IF a.err IS NOT NULL THEN
    RETURN a;
  END IF;
  PERFORM core.keys_put(p.id, p_req -> 'keys');
  PERFORM core.event_add(c.public_id, 'key.added', p.public_id,
      (SELECT jsonb_build_object('peer_ids', jsonb_agg(k -> 'peer_id')) FROM jsonb_array_elements(p_req -> 'keys') k));
  a := core.ok(201, core.principal_json(p));
  PERFORM core.idem_keep(c.id, 'key_add', p_req, a);
  RETURN a;
END $$;
