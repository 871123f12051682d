-- callers_find(auths): the principal behind each verified key or live token, or
-- the refusal; lacks: the refusal of the scope asked for, where there is no right to
-- that; lacking: is there one such?  Unknown, expired and killed tokens look the same.
CREATE FUNCTION core.callers_find(p_auths jsonb[], OUT who core.caller[], OUT lacks core.answer[], OUT lacking boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT array_agg(ROW(x.id, x.public_id, x.roles, x.token, NULL, NULL, CASE
           WHEN x.mode IS DISTINCT FROM 'key' AND x.mode IS DISTINCT FROM 'token'
             THEN core.refuse('UNAUTHORIZED', 'this call needs a signature or a token')
           WHEN x.id IS NULL AND x.mode = 'key' THEN core.refuse('FORBIDDEN', 'unknown key')
           WHEN x.id IS NULL THEN core.refuse('UNAUTHORIZED', 'the token is not valid')
           WHEN NOT x.enabled THEN core.refuse('FORBIDDEN', 'this principal is switched off') END)::core.caller ORDER BY x.n),
         array_agg(CASE
           WHEN NOT x.scoped THEN core.refuse('FORBIDDEN', format('the token lacks scope %s', x.scope))
           WHEN NOT x.allowed THEN core.refuse('FORBIDDEN', format('scope %s is not among this principal''s rights', x.scope)) END ORDER BY x.n),
         coalesce(bool_or(NOT x.scoped OR NOT x.allowed), false)
    INTO who, lacks, lacking
    FROM (SELECT w.n, w.a ->> 'mode' AS mode, w.a ->> 'scope' AS scope, p.id, p.public_id, p.roles, p.enabled, t.id AS token,
                 w.a ->> 'scope' = ANY (t.scopes) IS NOT FALSE AS scoped, (s.roles && p.roles) IS TRUE AS allowed
            FROM unnest(p_auths) WITH ORDINALITY w (a, n)
            LEFT JOIN core.principal_key k ON k.peer_id = w.a ->> 'peer' AND k.removed_at IS NULL AND w.a ->> 'mode' = 'key'
            LEFT JOIN core.token t ON t.sha256 = decode(w.a ->> 'sha256', 'hex') AND w.a ->> 'mode' = 'token'
                                  AND t.revoked_at IS NULL AND t.expires_at > clock_timestamp()
            LEFT JOIN core.principal p ON p.id = coalesce(k.principal, t.principal)
            LEFT JOIN core.scope s ON s.name = w.a ->> 'scope') x;
END $$;
