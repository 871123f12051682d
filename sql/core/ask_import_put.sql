-- ask_import_put: records of an import, in order; nobody sees them before
-- import_commit.  What an earlier run of the job staged goes with its first.
CREATE FUNCTION core.ask_import_put(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_wallet bigint;
  v_id bigint;
  i jsonb;
BEGIN
  IF (SELECT k.wallet <> 'new' FROM core.cred_kind k WHERE k.kind = j.kind) THEN
    PERFORM core.job_fail('INTERNAL', NULL);
  END IF;
  SELECT x.serial INTO v_wallet FROM core.wallet x WHERE x.job = j.job_id AND x.token = p_token;
  IF NOT FOUND THEN
    DELETE FROM core.wallet x WHERE x.job = j.job_id;
    INSERT INTO core.wallet (tenant, name, owner, method, sealed_keys, job, token)
    VALUES (j.tenant, j.wallet_name, j.principal, 'raw', '', j.job_id, p_token) RETURNING serial INTO v_wallet;
  END IF;
  PERFORM core.tenant_enter(j.tenant, v_wallet);
  FOR i IN SELECT x FROM jsonb_array_elements(a -> 'items') x LOOP
    INSERT INTO core.wallet_item (wallet, type, name, value, key)
    VALUES (v_wallet, decode(i ->> 'type', 'base64'), decode(i ->> 'name', 'base64'), decode(i ->> 'value', 'base64'), decode(i ->> 'key', 'base64'))
    ON CONFLICT DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
      PERFORM core.job_fail('ITEM_EXISTS', 'blob: two records of one type and name');
    END IF;
    PERFORM core.wallet_tags_put(v_wallet, v_id, i -> 'tags');
    v_id := NULL;
  END LOOP;
  RETURN '{}';
END $$;
