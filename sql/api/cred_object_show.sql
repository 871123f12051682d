-- cred_object_show(auth, {kind: schema|cred_def|rev_reg|rev_list, id, at}): a public
-- object of the caller's tenant as it stands on the wire; of the lists of a
-- registry the one as of the second at, or the newest.
CREATE FUNCTION api.cred_object_show(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.tenant_caller(p_auth);
  o record;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF p_req ->> 'kind' IS NULL OR p_req ->> 'kind' NOT IN ('schema', 'cred_def', 'rev_reg', 'rev_list') OR p_req ->> 'id' IS NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', 'kind and id of an object');
  END IF;
  o := core.cred_object(p_req - '{issuer_id,schema_id,tag,name,version}'::text[]);
  IF o.body IS NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no such object');
  END IF;
  RETURN core.ok(200, o.body, jsonb_build_object('etag', md5(o.body::text), 'rate', c.rate));
END $$;
