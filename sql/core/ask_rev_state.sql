-- ask_rev_state: a registry as it is now, with its secret; version is what a
-- rev_change names.
CREATE FUNCTION core.ask_rev_state(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  g core.rev_reg := core.rev_find(j.tenant, a ->> 'registry');
BEGIN
  RETURN core.rev_reg_json(g) || jsonb_build_object('bitmap', core.b64(g.bitmap), 'sealed_gamma', core.b64(g.sealed_gamma), 'sealed_at', jsonb_build_object('table', 'rev_reg', 'id', g.id));
END $$;
