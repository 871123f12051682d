-- ops_registries(): the rows of ops.registries.
CREATE FUNCTION core.ops_registries()
RETURNS TABLE (tenant text, definition text, n int, registry text, state text, size int, issued bigint, burnt bigint, left_ int, list_version int,
               changed_at timestamptz, created_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM core.tenant_enter('*');
  RETURN QUERY
    SELECT g.tenant, d.id, g.n, g.id, g.state, g.max_cred_num,
           (SELECT count(*) FROM core.rev_index i WHERE i.registry = g.serial AND i.state = 'issued'),
           (SELECT count(*) FROM core.rev_index i WHERE i.registry = g.serial AND i.state = 'burnt'),
           g.max_cred_num - g.next_index, g.version,
           (SELECT to_timestamp(l.timestamp) FROM core.rev_list l WHERE l.registry = g.serial AND l.version = g.version), g.created_at
      FROM core.rev_reg g JOIN core.cred_def d ON d.serial = g.definition ORDER BY g.tenant, d.id, g.n;
  PERFORM core.tenant_enter('');
END $$;
