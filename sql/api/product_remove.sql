-- product_remove(auth, {productId}): it is no longer offered; leases stay.
CREATE FUNCTION api.product_remove(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  DELETE FROM core.product p WHERE p.product_id = p_req ->> 'productId' AND p.owner = c.id;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such product');
  END IF;
  PERFORM core.event_add(c.public_id, 'product.removed', p_req ->> 'productId');
  RETURN core.ok(204);
END $$;
