-- sealed_named(name): a column of what is sealed to the node key.  Enters all tenants: its rows are
-- the node's, whosever they are.
CREATE FUNCTION core.sealed_named(p_name text) RETURNS core.sealed_column LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s core.sealed_column;
BEGIN
  PERFORM core.tenant_enter('*');
  SELECT x.* INTO s FROM core.sealed_column x WHERE x.name = p_name;
  IF NOT FOUND THEN
    PERFORM core.job_fail('INTERNAL', 'no such column');
  END IF;
  RETURN s;
END $$;
