-- cred_object_list(auth, {kind: schema|cred_def|rev_reg, limit, cursor}): what the
-- caller's tenant has of a kind, by id.
CREATE FUNCTION api.cred_object_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.tenant_caller(p_auth);
  v_limit constant int := coalesce((p_req ->> 'limit')::int, 50);
  v_after constant text := core.cursor_read(p_req ->> 'cursor', '.', '');
  v_tenant text;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_after IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  v_tenant := current_setting('darkroom.tenant');
  RETURN (
    SELECT core.ok(200, core.page(jsonb_agg(y.row ORDER BY y.id), array_agg(y.id ORDER BY y.id), v_limit), jsonb_build_object('rate', c.rate))
      FROM (SELECT x.id, x.row FROM (
              SELECT s.id, jsonb_build_object('id', s.id, 'issuer_id', s.issuer, 'name', s.name, 'version', s.version, 'created_at', core.ts(s.created_at)) AS row
                FROM core.cred_schema s WHERE p_req ->> 'kind' = 'schema' AND s.tenant = v_tenant AND s.id > v_after
              UNION ALL
              SELECT d.id, jsonb_build_object('id', d.id, 'issuer_id', d.issuer, 'schema_id', d.schema_id, 'tag', d.tag, 'support_revocation', d.revocable,
                       'bits', d.bits, 'auto', d.auto, 'created_at', core.ts(d.created_at))
                FROM core.cred_def d WHERE p_req ->> 'kind' = 'cred_def' AND d.tenant = v_tenant AND d.id > v_after
              UNION ALL
              SELECT g.id, jsonb_build_object('id', g.id, 'cred_def_id', d.id, 'tag', g.tag, 'max_cred_num', g.max_cred_num, 'issuance', g.issuance,
                       'state', g.state, 'issued', g.next_index - 1, 'status_list_version', g.version, 'created_at', core.ts(g.created_at))
                FROM core.rev_reg g JOIN core.cred_def d ON d.serial = g.definition
               WHERE p_req ->> 'kind' = 'rev_reg' AND g.tenant = v_tenant AND g.id > v_after) x
             ORDER BY x.id LIMIT v_limit + 1) y);
END $$;
