-- compute_own(principals, requests, answers): what each submit has for itself,
-- whatever plan it shares: SHA-256 of its script, which if it is not brought along
-- must be one that this very principal stored (others' are not to be guessed at; no
-- bytes: it is to be fetched by its CID), or
-- what is wrong with script, parameters, time in the queue or label.  Both are NULL
-- for a call that has its answer.
CREATE FUNCTION core.compute_own(p_ids int[], p_reqs jsonb[], p_answers core.answer[], OUT scripts bytea[], OUT whys text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT array_agg(CASE WHEN o.why IS NULL THEN coalesce(o.script, CASE WHEN o.far THEN ''::bytea END) END ORDER BY o.n),
         array_agg(coalesce(o.why, CASE WHEN o.script IS NULL AND NOT o.decided AND NOT o.far
           THEN CASE WHEN o.cid IS NULL THEN 'code_sha256' ELSE 'computationCid' END || ' is not stored here' END) ORDER BY o.n)
    INTO scripts, whys
    FROM (
      SELECT f.n, f.cid, f.why, f.decided, f.cid IS NOT NULL AND NOT f.decided AND core.setting_bool('ipfs_fetch') AS far, CASE
               WHEN f.decided OR f.why IS NOT NULL THEN NULL
               WHEN f.s ->> 'data_b64' IS NOT NULL THEN decode(f.sha256, 'hex')
               WHEN f.cid IS NOT NULL THEN (SELECT x.sha256 FROM core.script x WHERE x.principal = f.id AND x.cid = f.cid AND x.cid <> '')
               ELSE (SELECT x.sha256 FROM core.script x WHERE x.principal = f.id AND x.sha256 = decode(f.sha256, 'hex'))
             END AS script
        FROM (
          SELECT u.n, u.id, u.s, u.s ->> 'sha256' AS sha256, u.s ->> 'cid' AS cid, u.decided, CASE
                   WHEN u.decided THEN NULL
                   WHEN (u.s ->> 'sha256' IS NULL) = (u.s ->> 'cid' IS NULL)
                     THEN 'exactly one of code, computationCid and code_sha256 is needed'
                   WHEN NOT coalesce((u.r ->> 'queue_ttl_s')::bigint, 1) BETWEEN 1 AND 2592000
                     THEN 'queue_ttl_s must be from 1 to 2592000'
                   WHEN octet_length(u.r ->> 'label') > 64 THEN 'label must be at most 64 bytes'
                   WHEN nullif(jsonb_typeof(u.r -> 'params'), 'null') <> 'object' OR octet_length(u.r ->> 'params') > 65536
                     THEN 'params must be an object of at most 65536 bytes'
                 END AS why
            FROM (SELECT x.n, x.id, x.r, x.r -> 'script' AS s, x.err IS NOT NULL OR x.status IS NOT NULL AS decided
                    FROM ROWS FROM (unnest(p_ids), unnest(p_reqs), unnest(p_answers)) WITH ORDINALITY
                           x (id, r, err, msg, retry_ms, status, body, extra, n) OFFSET 0) u OFFSET 0) f OFFSET 0) o;
END $$;
