-- lease_named(id): the lease behind any of its three ids, whoever's it is.  A
-- local name comes first; grants refuse names that look like the other two.
CREATE FUNCTION core.lease_named(p_id text)
RETURNS core.data_lease LANGUAGE plpgsql STABLE AS $$
DECLARE
  l core.data_lease;
  v_id text := regexp_replace(lower(p_id), '^0x([0-9a-f]{64})$', '\1');
BEGIN
  SELECT * INTO l FROM core.data_lease x WHERE x.lease_id = CASE WHEN v_id ~ '^[0-9a-f]{64}$' THEN v_id ELSE p_id END;
  IF NOT FOUND THEN
    SELECT * INTO l FROM core.data_lease x WHERE x.proposal_id = p_id;
  END IF;
  IF NOT FOUND AND p_id ~ '^[0-9]{1,18}$' THEN
    SELECT * INTO l FROM core.data_lease x WHERE x.serial = p_id::bigint;
  END IF;
  RETURN l;
END $$;
