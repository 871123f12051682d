-- template_list(auth, {}): templates of the caller, and of those whose leases the
-- caller holds.
CREATE FUNCTION api.template_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  RETURN core.ok(200, jsonb_build_object('data', coalesce((
      SELECT jsonb_agg(core.template_json(t) ORDER BY t.task, t.owner)
        FROM core.template t
       WHERE t.owner = c.id OR t.owner IN (
         SELECT l.owner FROM core.data_lease l WHERE l.consumer = c.id AND core.lease_state(l) = 'approved')), '[]')),
    jsonb_build_object('rate', c.rate));
END $$;
