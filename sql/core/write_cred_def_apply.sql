-- write_cred_def_apply: the new key takes over.
CREATE FUNCTION core.write_cred_def_apply(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.cred_def d
     SET object = d.next_object, key_proof = d.next_key_proof, next_object = NULL, next_key_proof = NULL, version = d.version + 1
   WHERE d.tenant = j.tenant AND d.id = w ->> 'id' AND d.wallet = j.wallet AND d.version = (w ->> 'version')::int AND d.next_object IS NOT NULL;
  IF NOT FOUND THEN
    PERFORM core.job_clash();
  END IF;
  PERFORM core.event_add(core.actor_name(j.principal), 'definition.rotated', w ->> 'id');
END $$;
