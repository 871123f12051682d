-- chain_verdict(earner, lease as the chain has it): admitted, or why not: gone,
-- stranger (pays somebody else), disputed, executed (before anybody here could know
-- it as approved), spender (its address is not bound to a principal), product
-- (covers no assets here), created (not approved yet).
CREATE FUNCTION core.chain_verdict(p_earner text, v core.chain_lease) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN v.lease_id IS NULL THEN 'gone'
    WHEN v.earner <> p_earner THEN 'stranger'
    WHEN v.disputed THEN 'disputed'
    WHEN v.executed AND NOT v.executed_after THEN 'executed'
    WHEN NOT EXISTS (SELECT FROM core.principal_address a JOIN core.principal p ON p.id = a.principal
                      WHERE a.address = v.spender AND p.enabled AND 'consumer' = ANY (p.roles)) THEN 'spender'
    WHEN NOT EXISTS (SELECT FROM core.product p JOIN core.product_asset x ON x.product_id = p.product_id
                       JOIN core.asset a ON a.id = x.asset AND a.owner = p.owner AND a.removed_at IS NULL
                      WHERE p.chain_product_id = v.product) THEN 'product'
    WHEN NOT v.approved THEN 'created'
    ELSE 'admitted' END
$$;
