-- tenant_room(tenant, limit, share): how many jobs a claim may take of a tenant
-- that has a limit.  Counted under a lock nobody waits for: if another claim
-- holds it, none this time.  VOLATILE, so that the count sees what the last
-- holder committed.  Finishing only lowers the count and needs no lock.
CREATE FUNCTION core.tenant_room(p_tenant int, p_limit int, p_share bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(2000, p_tenant) THEN
    RETURN 0;
  END IF;
  RETURN least(p_share, greatest(0, p_limit - (SELECT count(*) FROM core.lease l WHERE l.tenant = p_tenant)));
END $$;
