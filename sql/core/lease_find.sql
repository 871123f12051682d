-- lease_find(caller, id): the lease behind any of its three ids, if the caller
-- gave it, holds it or proposed it.  A local name comes first; grants refuse
-- names that look like the other two.
CREATE FUNCTION core.lease_find(c core.caller, p_id text)
RETURNS core.data_lease LANGUAGE plpgsql STABLE AS $$
DECLARE
  l core.data_lease;
  v_id text := regexp_replace(lower(p_id), '^0x([0-9a-f]{64})$', '\1');
BEGIN
  SELECT * INTO l FROM core.data_lease x
   WHERE x.lease_id = CASE WHEN v_id ~ '^[0-9a-f]{64}$' THEN v_id ELSE p_id END AND c.id IN (x.owner, x.consumer);
  IF NOT FOUND THEN
    SELECT * INTO l FROM core.data_lease x WHERE x.proposal_id = p_id AND c.id IN (x.owner, x.consumer);
  END IF;
  IF NOT FOUND AND p_id ~ '^[0-9]{1,18}$' THEN
    SELECT * INTO l FROM core.data_lease x WHERE x.serial = p_id::bigint AND c.id IN (x.owner, x.consumer);
  END IF;
  RETURN l;
END $$;
