-- write_record_put: a record of the job's wallet.  version null: it must not exist;
-- else it is the version that is replaced.  One that has expired does not exist.
CREATE FUNCTION core.write_record_put(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_id bigint;
BEGIN
  IF nullif(w -> 'version', 'null') IS NULL THEN
    FOR i IN 1 .. 2 LOOP
      INSERT INTO core.wallet_item (wallet, type, name, value, key, expires_at)
      VALUES (j.wallet, decode(w ->> 'type', 'base64'), decode(w ->> 'name', 'base64'), decode(w ->> 'value', 'base64'), decode(w ->> 'key', 'base64'),
              clock_timestamp() + (w ->> 'ttl_s')::bigint * interval '1 s')
      ON CONFLICT DO NOTHING RETURNING id INTO v_id;
      EXIT WHEN FOUND;
      DELETE FROM core.wallet_item x
       WHERE x.wallet = j.wallet AND x.type = decode(w ->> 'type', 'base64') AND x.name = decode(w ->> 'name', 'base64') AND x.expires_at <= clock_timestamp();
      IF NOT FOUND THEN
        PERFORM core.job_clash();
      END IF;
    END LOOP;
  ELSE
    UPDATE core.wallet_item i
       SET value = decode(w ->> 'value', 'base64'), key = decode(w ->> 'key', 'base64'), version = i.version + 1,
           expires_at = clock_timestamp() + (w ->> 'ttl_s')::bigint * interval '1 s'
     WHERE i.wallet = j.wallet AND i.type = decode(w ->> 'type', 'base64') AND i.name = decode(w ->> 'name', 'base64') AND i.version = (w ->> 'version')::int
    RETURNING id INTO v_id;
    IF NOT FOUND THEN
      PERFORM core.job_clash();
    END IF;
    DELETE FROM core.wallet_tag t WHERE t.item = v_id;
  END IF;
  PERFORM core.wallet_tags_put(j.wallet, v_id, w -> 'tags');
END $$;
