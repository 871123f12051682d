-- write_rev_change: a registry's next list, if version is still the one that it
-- was computed from.
CREATE FUNCTION core.write_rev_change(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  g core.rev_reg;
BEGIN
  UPDATE core.rev_reg x SET version = x.version + 1, accumulator = w ->> 'accumulator', bitmap = decode(w ->> 'bitmap', 'base64')
   WHERE x.tenant = j.tenant AND x.id = w ->> 'registry' AND x.version = (w ->> 'version')::int RETURNING x.* INTO g;
  IF NOT FOUND THEN
    PERFORM core.job_clash();
  END IF;
  PERFORM core.rev_list_add(g, (w ->> 'timestamp')::bigint);
END $$;
