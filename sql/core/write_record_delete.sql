-- write_record_delete: a record of the job's wallet goes, if it still has the
-- version that was read.
CREATE FUNCTION core.write_record_delete(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  DELETE FROM core.wallet_item i
   WHERE i.wallet = j.wallet AND i.type = decode(w ->> 'type', 'base64') AND i.name = decode(w ->> 'name', 'base64') AND i.version = (w ->> 'version')::int;
  IF NOT FOUND THEN
    PERFORM core.job_clash();
  END IF;
END $$;
