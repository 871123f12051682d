-- retain_tokens(n): tokens dead for 30 days; the audit remembers them.
CREATE FUNCTION core.retain_tokens(p_n int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_n bigint;
BEGIN
  DELETE FROM core.token t WHERE t.ctid = ANY (ARRAY(
    SELECT x.ctid FROM core.token x
     WHERE least(x.revoked_at, x.expires_at) < clock_timestamp() - interval '30 days' LIMIT p_n));
  GET DIAGNOSTICS v_n = ROW_COUNT;
  RETURN v_n;
END $$;
