-- actor_name(principal): who did something, in the audit.
CREATE FUNCTION core.actor_name(p_principal int) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT p.public_id FROM core.principal p WHERE p.id = p_principal), 'node');
END $$;
