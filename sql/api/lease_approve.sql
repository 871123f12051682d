-- lease_approve(auth, {id, price, max_runs, max_limits, max_priority}): the
-- proposal becomes a lease on what the product covers now: its duration starts,
-- its price is fixed.
CREATE FUNCTION api.lease_approve(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  g record;
  l core.data_lease;
  n record;
  v_price numeric := (p_req ->> 'price')::numeric;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO g FROM core.lease_given(c, p_req ->> 'id');
  IF (g.refusal).err IS NOT NULL THEN
    RETURN g.refusal;
  END IF;
  l := g.l;
  IF l.state <> 'pending' THEN
    RETURN core.refuse('CONFLICT', 'the lease is ' || l.state);
  END IF;
  IF l.chain IS NOT NULL THEN
    RETURN core.refuse('CONFLICT', 'the lease is approved on its chain');
  END IF;
  IF v_price > l.max_price THEN
    RETURN core.refuse('VALIDATION_ERROR', 'price is above the maxPrice of the proposal');
  END IF;
  SELECT * INTO n FROM core.assets_named(c.id, core.product_assets(c.id, l.product_id));
  IF n.assets IS NULL THEN
    RETURN core.refuse('CONFLICT', 'the product covers no assets');
  END IF;
  UPDATE core.data_lease x
     SET state = 'approved', price = coalesce(v_price, x.max_price), max_runs = (p_req ->> 'max_runs')::int,
         max_limits = coalesce(nullif(p_req -> 'max_limits', 'null'), '{}'), max_priority = coalesce((p_req ->> 'max_priority')::int, 0),
         expires_at = clock_timestamp() + x.duration_s * interval '1 s', updated_at = clock_timestamp()
   WHERE x.serial = l.serial RETURNING * INTO l;
  INSERT INTO core.data_lease_asset (serial, asset) SELECT l.serial, u FROM unnest(n.assets) u;
  PERFORM core.event_add(c.public_id, 'lease.granted', l.lease_id, jsonb_build_object('proposal', l.proposal_id));
  RETURN core.ok(200, core.lease_json(l));
END $$;
