-- tenant_of(principal): whose wallets and registries a principal works with: those
-- of its tenant, or its own.  The prefix keeps a tenant that is named like a
-- principal apart from it.  0: the node.
CREATE FUNCTION core.tenant_of(p_principal int) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT coalesce('t:' || p.tenant, 'p:' || p.public_id) FROM core.principal p WHERE p.id = p_principal), 'node');
END $$;
