-- write_schema: a schema of the submitter's tenant.
CREATE FUNCTION core.write_schema(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.cred_schema (tenant, id, issuer, name, version, object)
  VALUES (j.tenant, w ->> 'id', w ->> 'issuer_id', w ->> 'name', w ->> 'version', w -> 'object');
END $$;
