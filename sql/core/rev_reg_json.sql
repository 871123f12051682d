-- rev_reg_json(registry): a registry as calls carry it, without its bitmap.
CREATE FUNCTION core.rev_reg_json(g core.rev_reg) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT jsonb_build_object('registry', g.id, 'version', g.version, 'accumulator', g.accumulator, 'max_cred_num', g.max_cred_num,
      'issuance', g.issuance, 'next_index', g.next_index, 'state', g.state, 'tag', g.tag, 'object', g.object, 'tails_sha256', encode(g.tails, 'hex'),
      'cred_def_id', d.id, 'issuer_id', d.issuer, 'cred_def', d.object,
      'timestamp', (SELECT l.timestamp FROM core.rev_list l WHERE l.registry = g.serial AND l.version = g.version))
    FROM core.cred_def d WHERE d.serial = g.definition);
END $$;
