-- compute_own(principal, request): what each submit has for itself, whatever
-- plan it shares: SHA-256 of its script (core.script_resolve), or what is wrong
-- with script, parameters, time in the queue or label.
CREATE FUNCTION core.compute_own(p_principal int, r jsonb, OUT sha256 bytea, OUT why text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  why := CASE
    WHEN (r #>> '{script,sha256}' IS NULL) = (r #>> '{script,cid}' IS NULL) THEN 'exactly one of code, computationCid and code_sha256 is needed'
    WHEN NOT coalesce((r ->> 'queue_ttl_s')::bigint, 1) BETWEEN 1 AND 2592000 THEN 'queue_ttl_s must be from 1 to 2592000'
    WHEN octet_length(r ->> 'label') > 64 THEN 'label must be at most 64 bytes'
    WHEN nullif(jsonb_typeof(r -> 'params'), 'null') <> 'object' OR octet_length(r ->> 'params') > 65536
      THEN 'params must be an object of at most 65536 bytes'
  END;
  IF why IS NOT NULL THEN
    RETURN;
  END IF;
  IF r #>> '{script,data_b64}' IS NOT NULL THEN
    sha256 := decode(r #>> '{script,sha256}', 'hex');
  ELSE
    SELECT s.sha256, s.why INTO compute_own.sha256, why FROM core.script_resolve(p_principal, r -> 'script') s;
  END IF;
END $$;
