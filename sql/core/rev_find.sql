-- rev_find(tenant, registry): the registry that is named, or a refusal.
CREATE FUNCTION core.rev_find(p_tenant text, p_id text) RETURNS core.rev_reg LANGUAGE plpgsql STABLE AS $$
DECLARE
  g core.rev_reg;
BEGIN
  SELECT x.* INTO g FROM core.rev_reg x WHERE x.tenant = p_tenant AND x.id = p_id;
  IF NOT FOUND THEN
    PERFORM core.job_fail('NOT_FOUND', 'there is no such registry');
  END IF;
  RETURN g;
END $$;
