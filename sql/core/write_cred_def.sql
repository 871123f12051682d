-- write_cred_def: a definition whose private part is a record of the job's wallet.
-- One of the same issuer, schema and tag that came meanwhile lets the job run
-- again, and find it.
CREATE FUNCTION core.write_cred_def(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.cred_def (tenant, id, issuer, schema_id, tag, owner, wallet, bits, revocable, object, key_proof, auto, ahead)
  VALUES (j.tenant, w ->> 'id', w ->> 'issuer_id', w ->> 'schema_id', w ->> 'tag', j.principal, j.wallet, (w ->> 'bits')::int,
          (w -> 'revocable')::boolean, w -> 'object', w -> 'key_proof', coalesce((nullif(w -> 'auto', 'null'))::boolean, false),
          coalesce((w ->> 'ahead')::smallint, 1));
  PERFORM core.event_add(core.actor_name(j.principal), 'definition.created', w ->> 'id');
END $$;
