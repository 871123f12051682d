-- product_put(auth, {productId, name, dataType, keywords, assets, min_price,
-- chain_product_id}): which of the caller's assets a product covers: 201 new, 200
-- replaced.  Leases keep the assets they were granted with.
CREATE FUNCTION api.product_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  p core.product;
  n record;
  a core.answer;
  v_new boolean;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.idem_find(c.id, 'product_put', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  SELECT * INTO p FROM core.product x WHERE x.product_id = p_req ->> 'productId' FOR UPDATE;
  v_new := NOT FOUND;
  IF p.owner <> c.id THEN
    RETURN core.refuse('CONFLICT', 'productId belongs to somebody else');
  END IF;
  SELECT * INTO n FROM core.assets_named(c.id, p_req -> 'assets');
  IF n.bad IS NOT NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', format('assets[%s] is not an asset of yours', n.bad));
  END IF;
  PERFORM FROM core.product x
    WHERE x.chain_product_id = decode(p_req ->> 'chain_product_id', 'hex') AND x.product_id <> p_req ->> 'productId';
  IF FOUND THEN
    RETURN core.refuse('CONFLICT', 'chain_product_id belongs to another product');
  END IF;
  INSERT INTO core.product AS x (product_id, owner, name, data_type, keywords, min_price, chain_product_id)
  VALUES (p_req ->> 'productId', c.id, p_req ->> 'name', p_req ->> 'dataType',
          ARRAY(SELECT jsonb_array_elements_text(nullif(p_req -> 'keywords', 'null'))),
          (p_req ->> 'min_price')::numeric, decode(p_req ->> 'chain_product_id', 'hex'))
  ON CONFLICT (product_id) DO UPDATE
     SET name = EXCLUDED.name, data_type = EXCLUDED.data_type, keywords = EXCLUDED.keywords, min_price = EXCLUDED.min_price,
         chain_product_id = EXCLUDED.chain_product_id, updated_at = clock_timestamp()
  RETURNING * INTO p;
  DELETE FROM core.product_asset x WHERE x.product_id = p.product_id AND NOT x.asset = ANY (coalesce(n.assets, '{}'));
  INSERT INTO core.product_asset SELECT p.product_id, u FROM unnest(n.assets) u ON CONFLICT DO NOTHING;
  PERFORM core.event_add(c.public_id, 'product.stored', p.product_id);
  a := core.ok(CASE WHEN v_new THEN 201 ELSE 200 END, core.product_json(p, true));
  PERFORM core.idem_keep(c.id, 'product_put', p_req, a);
  RETURN a;
END $$;
