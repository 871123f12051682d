-- rev_list_add(registry, timestamp): the list as the registry has it now, kept for good.
-- A list is never older than the one before it.
CREATE FUNCTION core.rev_list_add(g core.rev_reg, p_timestamp bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF length(g.bitmap) <> (g.max_cred_num + 7) / 8 THEN
    PERFORM core.job_fail('INTERNAL', NULL);
  END IF;
  IF p_timestamp < (SELECT max(l.timestamp) FROM core.rev_list l WHERE l.registry = g.serial) THEN
    PERFORM core.job_fail('INVALID_STRUCTURE', 'timestamp: before that of the list there is');
  END IF;
  INSERT INTO core.rev_list (registry, version, tenant, timestamp, list, accumulator) VALUES (g.serial, g.version, g.tenant, p_timestamp, g.bitmap, g.accumulator);
END $$;
