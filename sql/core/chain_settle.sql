-- chain_settle(chain, leases): bring the local rows of these leases, and of those
-- that waited for an address to be bound or a product to appear, to what the chain
-- says.  In the order of their serial numbers, as everybody locks leases.
CREATE FUNCTION core.chain_settle(ch core.chain, p_ids text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_id text;
BEGIN
  FOR v_id IN
    SELECT u.id FROM (
      SELECT unnest(p_ids) AS id
      UNION
      (SELECT DISTINCT c.lease_id FROM core.principal_address a
         JOIN core.chain_lease c ON c.spender = a.address AND c.chain = ch.name
         JOIN core.product p ON p.chain_product_id = c.product
        WHERE NOT EXISTS (SELECT FROM core.data_lease d WHERE d.lease_id = c.lease_id AND d.state <> 'pending') LIMIT 1000)) u
      LEFT JOIN core.data_lease l ON l.lease_id = u.id
     ORDER BY l.serial, u.id
  LOOP
    PERFORM core.chain_lease_settle(ch, v_id);
  END LOOP;
END $$;
