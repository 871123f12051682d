-- lease_find(caller, id): core.lease_named, if the caller gave it, holds it or
-- proposed it; to others it is unknown.
CREATE FUNCTION core.lease_find(c core.caller, p_id text)
RETURNS core.data_lease LANGUAGE plpgsql STABLE AS $$
DECLARE
  l core.data_lease := core.lease_named(p_id);
BEGIN
  RETURN CASE WHEN c.id IN (l.owner, l.consumer) THEN l END;
END $$;
