-- lease_propose(auth, {productId, maxPrice, duration_s}): a consumer asks; the
-- product's owner approves or rejects.
CREATE FUNCTION api.lease_propose(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  p core.product;
  a core.answer;
  v_price numeric := (p_req ->> 'maxPrice')::numeric;
  v_floor numeric := core.setting_text('min_price')::numeric;
  v_id text := core.new_id('lease_prop_');
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF NOT 'consumer' = ANY (c.roles) THEN
    RETURN core.refuse('FORBIDDEN', 'only consumers ask for leases');
  END IF;
  a := core.idem_find(c.id, 'lease_propose', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  SELECT * INTO p FROM core.product x WHERE x.product_id = p_req ->> 'productId';
  v_floor := greatest(v_floor, p.min_price);
  IF v_price < v_floor THEN
    RETURN core.refuse('POLICY_REJECTION', format('maxPrice is below the dynamic minimum price %s', v_floor));
  END IF;
  IF p.product_id IS NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no such product');
  END IF;
  INSERT INTO core.data_lease (lease_id, proposal_id, owner, consumer, product_id, state, max_price, duration_s)
  VALUES (core.new_id('lease_'), v_id, p.owner, c.id, p.product_id, 'pending', v_price, (p_req ->> 'duration_s')::bigint);
  PERFORM core.event_add(c.public_id, 'lease.proposed', v_id, jsonb_build_object('product', p.product_id));
  a := core.ok(202, jsonb_build_object('leaseProposalId', v_id), jsonb_build_object('location', '/api/v1/leases/' || v_id));
  PERFORM core.idem_keep(c.id, 'lease_propose', p_req, a);
  RETURN a;
END $$;
