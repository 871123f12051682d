-- rev_list_json(registry, list): a RevocationStatusList as it stands on the wire.
CREATE FUNCTION core.rev_list_json(g core.rev_reg, l core.rev_list) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object('revRegDefId', g.id, 'issuerId', (SELECT d.issuer FROM core.cred_def d WHERE d.serial = g.definition),
    'revocationList', core.bits_json(l.list, g.max_cred_num), 'currentAccumulator', l.accumulator, 'timestamp', l.timestamp);
END $$;
