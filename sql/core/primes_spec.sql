-- primes_spec(spec): what the next job of primes.fill makes: the size that has
-- fewest, as many as are missing.  NULL: nothing is missing, the heavy lane has work,
-- or no worker has the lane.
CREATE FUNCTION core.primes_spec(p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_size constant int := core.setting_int('prime_pool_size');
  v_bits int;
  v_n bigint;
BEGIN
  SELECT b, (SELECT count(*) FROM core.prime p WHERE p.bits = b AND p.expires_at > clock_timestamp()) AS n INTO v_bits, v_n
    FROM unnest(ARRAY[1024, 1536]) b ORDER BY n, b LIMIT 1;
  IF v_n >= v_size OR NOT EXISTS (SELECT FROM core.worker w WHERE w.state = 'live' AND w.lanes ? 'cred-idle')
     OR EXISTS (SELECT FROM core.lane l WHERE core.lane_heavy(l.id) AND core.lane_has_work(l.id)) THEN
    RETURN NULL;
  END IF;
  RETURN jsonb_build_object('kind', 'primes.fill', 'args', jsonb_build_object('bits', v_bits, 'count', v_size - v_n));
END $$;
