-- product_show(auth, {productId})
CREATE FUNCTION api.product_show(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  p core.product;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO p FROM core.product x WHERE x.product_id = p_req ->> 'productId';
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such product');
  END IF;
  RETURN core.ok(200, core.product_json(p, p.owner = c.id));
END $$;
