-- primes_take(bits, n): up to n safe primes leave the pool for good.  The caller
-- commits before anybody sees them, so none is ever used twice.
CREATE FUNCTION core.primes_take(p_bits int, p_n int) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_rows jsonb;
BEGIN
  WITH taken AS (
    DELETE FROM core.prime p
     WHERE p.id = ANY (ARRAY(SELECT x.id FROM core.prime x WHERE x.bits = p_bits AND x.expires_at > clock_timestamp()
                              ORDER BY x.expires_at LIMIT p_n FOR UPDATE SKIP LOCKED))
    RETURNING p.id, p.bits, p.sealed)
  SELECT jsonb_agg(jsonb_build_object('id', t.id, 'bits', t.bits, 'sealed', core.b64(t.sealed))) INTO v_rows FROM taken t;
  RETURN v_rows;
END $$;
