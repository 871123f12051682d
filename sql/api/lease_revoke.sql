-- lease_revoke(auth, {id, reason}): the lease ends at once: what waits or runs
-- under it ends with LEASE_REVOKED, what was not released is destroyed, all in
-- this transaction.  Again is harmless.
CREATE FUNCTION api.lease_revoke(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  g record;
  l core.data_lease;
  v_touched uuid[];
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  SELECT * INTO g FROM core.lease_given(c, p_req ->> 'id');
  IF (g.refusal).err IS NOT NULL THEN
    RETURN g.refusal;
  END IF;
  l := g.l;
  IF l.state = 'rejected' THEN
    RETURN core.refuse('CONFLICT', 'the lease is rejected');
  END IF;
  IF l.state <> 'revoked' THEN
    UPDATE core.data_lease x
       SET state = 'revoked', reason = p_req ->> 'reason', revoked_at = clock_timestamp(), updated_at = clock_timestamp()
     WHERE x.serial = l.serial RETURNING * INTO l;
    v_touched := core.lease_end_jobs(ARRAY[l.serial], NULL, 'LEASE_REVOKED', c.public_id);
    PERFORM core.event_add(c.public_id, 'lease.revoked', l.lease_id);
  END IF;
  RETURN core.ok(200, core.lease_json(l), jsonb_build_object('announce', coalesce(to_jsonb(v_touched), '[]')));
END $$;
