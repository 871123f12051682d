-- principal_add(auth, {name, roles, tenant, max_running, keys}): an operator
-- makes a principal with its first keys.  201 with the principal.
CREATE FUNCTION api.principal_add(p_auth jsonb, p_req jsonb)
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
  a := core.idem_find(c.id, 'principal_add', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  PERFORM FROM core.principal x WHERE x.name = p_req ->> 'name';
  IF FOUND THEN
    RETURN core.refuse('CONFLICT', 'name is taken');
  END IF;
  a := core.keys_refusal(NULL, p_req -> 'keys');
  IF a.err IS NOT NULL THEN
    RETURN a;
  END IF;
  INSERT INTO core.principal (public_id, name, roles, tenant, max_running)
  VALUES (core.new_id('prn_'), p_req ->> 'name', ARRAY(SELECT DISTINCT r FROM jsonb_array_elements_text(p_req -> 'roles') r ORDER BY r),
          p_req ->> 'tenant', (p_req ->> 'max_running')::int)
  RETURNING * INTO p;
  PERFORM core.keys_put(p.id, p_req -> 'keys');
  PERFORM core.event_add(c.public_id, 'principal.added', p.public_id, jsonb_build_object('roles', p.roles));
  a := core.ok(201, core.principal_json(p));
  PERFORM core.idem_keep(c.id, 'principal_add', p_req, a);
  RETURN a;
END $$;
