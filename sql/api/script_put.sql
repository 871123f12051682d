-- script_put(auth, {sha256, size, cid, data_b64}): a script that submits of this
-- caller can name by digest or CID.  201, 200 if it was there.
CREATE FUNCTION api.script_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_sha bytea := decode(p_req ->> 'sha256', 'hex');
  v_new boolean;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  v_new := core.script_keep(c.id, v_sha, coalesce(p_req ->> 'cid', ''), decode(p_req ->> 'data_b64', 'base64'));
  UPDATE core.script s SET cid = p_req ->> 'cid'
   WHERE s.principal = c.id AND s.sha256 = v_sha AND s.cid = '' AND p_req ->> 'cid' <> '';
  RETURN core.ok(CASE WHEN v_new THEN 201 ELSE 200 END,
      jsonb_build_object('sha256', p_req ->> 'sha256', 'cid', nullif(p_req ->> 'cid', '')), jsonb_build_object('rate', c.rate));
END $$;
