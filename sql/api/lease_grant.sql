-- lease_grant(auth, {consumer, assets | productId, expires_at, max_runs, spender,
-- max_limits, max_priority, lease_id}): an owner gives a lease unasked.
CREATE FUNCTION api.lease_grant(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  k core.principal;
  l core.data_lease;
  n record;
  a core.answer;
  v_why text;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF NOT 'owner' = ANY (c.roles) THEN
    RETURN core.refuse('FORBIDDEN', 'only owners give leases');
  END IF;
  a := core.idem_find(c.id, 'lease_grant', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  SELECT * INTO k FROM core.principal x WHERE x.id = core.principal_named(p_req ->> 'consumer');
  v_why := core.lease_grant_fault(p_req, k);
  IF v_why IS NOT NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', v_why);
  END IF;
  SELECT * INTO n FROM core.assets_named(c.id, coalesce(nullif(p_req -> 'assets', 'null'), core.product_assets(c.id, p_req ->> 'productId')));
  IF n.bad IS NOT NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', format('assets[%s] is not an asset of yours', n.bad));
  END IF;
  IF n.assets IS NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', 'productId is not a product of yours that covers assets');
  END IF;
  PERFORM FROM core.data_lease x WHERE x.lease_id = p_req ->> 'lease_id';
  IF FOUND THEN
    RETURN core.refuse('CONFLICT', 'lease_id is taken');
  END IF;
  INSERT INTO core.data_lease (lease_id, owner, consumer, product_id, state, spender, max_runs, max_limits, max_priority, expires_at)
  VALUES (coalesce(p_req ->> 'lease_id', core.new_id('lease_')), c.id, k.id, p_req ->> 'productId', 'approved',
          lower(p_req ->> 'spender'), (p_req ->> 'max_runs')::int, coalesce(nullif(p_req -> 'max_limits', 'null'), '{}'),
          coalesce((p_req ->> 'max_priority')::int, 0), (p_req ->> 'expires_at')::timestamptz)
  RETURNING * INTO l;
  INSERT INTO core.data_lease_asset (serial, asset) SELECT l.serial, u FROM unnest(n.assets) u;
  PERFORM core.event_add(c.public_id, 'lease.granted', l.lease_id, jsonb_build_object('consumer', k.public_id));
  a := core.ok(201, core.lease_json(l), jsonb_build_object('location', '/api/v1/leases/' || l.lease_id));
  PERFORM core.idem_keep(c.id, 'lease_grant', p_req, a);
  RETURN a;
END $$;
