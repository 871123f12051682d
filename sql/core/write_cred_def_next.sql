-- write_cred_def_next: a new key of a definition, beside the one in force.
CREATE FUNCTION core.write_cred_def_next(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.cred_def d SET next_object = w -> 'object', next_key_proof = w -> 'key_proof'
   WHERE d.tenant = j.tenant AND d.id = w ->> 'id' AND d.wallet = j.wallet AND d.version = (w ->> 'version')::int;
  IF NOT FOUND THEN
    PERFORM core.job_clash();
  END IF;
END $$;
