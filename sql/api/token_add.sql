-- token_add(auth, {id, sha256, name, scopes, expires_in_s}): a bearer token of
-- the caller.  It has no scope that what made it lacks, ends no later, and dies
-- with it.
CREATE FUNCTION api.token_add(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  t core.token;
  a core.answer;
  v_wide text;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.idem_find(c.id, 'token_add', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  SELECT min(s) INTO v_wide
    FROM jsonb_array_elements_text(p_req -> 'scopes') s
   WHERE NOT EXISTS (SELECT FROM core.scope x WHERE x.name = s AND x.roles && c.roles)
      OR NOT EXISTS (SELECT WHERE c.token IS NULL UNION ALL SELECT FROM core.token m WHERE m.id = c.token AND s = ANY (m.scopes));
  IF v_wide IS NOT NULL THEN
    RETURN core.refuse('FORBIDDEN', format('scope %s is more than the caller has', v_wide));
  END IF;
  INSERT INTO core.token (id, principal, sha256, name, scopes, made_by, expires_at)
  VALUES (p_req ->> 'id', c.id, decode(p_req ->> 'sha256', 'hex'), p_req ->> 'name',
          ARRAY(SELECT DISTINCT s FROM jsonb_array_elements_text(p_req -> 'scopes') s ORDER BY s), c.token,
          least(clock_timestamp() + (p_req ->> 'expires_in_s')::bigint * interval '1 s',
                (SELECT m.expires_at FROM core.token m WHERE m.id = c.token)))
  RETURNING * INTO t;
  PERFORM core.event_add(c.public_id, 'token.added', t.id, jsonb_build_object('scopes', t.scopes));
  a := core.ok(201, core.token_json(t));
  PERFORM core.idem_keep(c.id, 'token_add', p_req, a);
  RETURN a;
END $$;
