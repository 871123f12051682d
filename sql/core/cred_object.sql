-- cred_object({kind, id, at, issuer_id, schema_id, tag, name, version}): a public object of
-- the tenant that was entered, by its id, or a schema or definition by what is
-- unique of it; a list (rev_list) as of the second at, or the newest.  body is the object as it
-- stands on the wire, more what else an executor wants to know.  NULL: there is none.
CREATE FUNCTION core.cred_object(a jsonb, OUT body jsonb, OUT more jsonb) LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_tenant constant text := current_setting('darkroom.tenant');
BEGIN
  CASE a ->> 'kind'
    WHEN 'schema' THEN
      SELECT x.object, jsonb_build_object('id', x.id, 'issuer_id', x.issuer) INTO body, more FROM core.cred_schema x
       WHERE x.tenant = v_tenant AND (x.id = a ->> 'id' OR a ->> 'id' IS NULL AND (x.issuer, x.name, x.version) = (a ->> 'issuer_id', a ->> 'name', a ->> 'version'));
    WHEN 'cred_def' THEN
      SELECT x.object, jsonb_build_object('id', x.id, 'key_proof', x.key_proof, 'version', x.version, 'bits', x.bits, 'revocable', x.revocable,
          'wallet', (SELECT w.name FROM core.wallet w WHERE w.serial = x.wallet), 'next_object', x.next_object, 'next_key_proof', x.next_key_proof,
          'auto', x.auto, 'ahead', x.ahead) INTO body, more FROM core.cred_def x
       WHERE x.tenant = v_tenant AND (x.id = a ->> 'id' OR a ->> 'id' IS NULL AND (x.issuer, x.schema_id, x.tag) = (a ->> 'issuer_id', a ->> 'schema_id', a ->> 'tag'));
    WHEN 'rev_reg' THEN
      SELECT x.object, core.rev_reg_json(x) - '{object,cred_def}'::text[] INTO body, more FROM core.rev_reg x WHERE x.tenant = v_tenant AND x.id = a ->> 'id';
    WHEN 'rev_list' THEN
      SELECT core.rev_list_json(g, l), jsonb_build_object('version', l.version) INTO body, more
        FROM core.rev_reg g JOIN core.rev_list l ON l.registry = g.serial
       WHERE g.tenant = v_tenant AND g.id = a ->> 'id' AND (a ->> 'at' IS NULL OR l.timestamp <= (a ->> 'at')::bigint)
       ORDER BY l.timestamp DESC, l.version DESC LIMIT 1;
    ELSE
      PERFORM core.job_fail('INVALID_STRUCTURE', 'kind: schema, cred_def, rev_reg or rev_list');
  END CASE;
END $$;
