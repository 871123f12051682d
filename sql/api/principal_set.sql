-- principal_set(auth, {id, enabled, roles, max_running}): what is not given stays.
-- The last operator can neither be switched off nor lose that role.
CREATE FUNCTION api.principal_set(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  p core.principal;
  v_roles text[] := (SELECT array_agg(DISTINCT r) FROM jsonb_array_elements_text(nullif(p_req -> 'roles', 'null')) r);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  PERFORM FROM core.principal x WHERE 'operator' = ANY (x.roles) ORDER BY x.id FOR UPDATE;
  SELECT * INTO p FROM core.principal x WHERE x.public_id = p_req ->> 'id' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such principal');
  END IF;
  p.enabled := coalesce((p_req ->> 'enabled')::boolean, p.enabled);
  p.roles := coalesce(v_roles, p.roles);
  p.max_running := coalesce((p_req ->> 'max_running')::int, p.max_running);
  PERFORM FROM core.principal x WHERE 'operator' = ANY (x.roles) AND x.enabled AND x.id <> p.id;
  IF NOT FOUND AND NOT (p.enabled AND 'operator' = ANY (p.roles)) THEN
    RETURN core.refuse('CONFLICT', 'this is the last operator');
  END IF;
  UPDATE core.principal x SET enabled = p.enabled, roles = p.roles, max_running = p.max_running WHERE x.id = p.id;
  PERFORM core.event_add(c.public_id, 'principal.changed', p.public_id,
      jsonb_build_object('enabled', p.enabled, 'roles', p.roles, 'max_running', p.max_running));
  RETURN core.ok(200, core.principal_json(p));
END $$;
