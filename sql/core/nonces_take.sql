-- nonces_take(principals, nonces, write, peek): those that were not used
-- before, each once, as 'principal nonce'; now they are, unless this is a peek.
-- In one order, so that two batches do not wait for each other.
CREATE FUNCTION core.nonces_take(p_principals int[], p_nonces text[], p_write boolean, p_peek boolean)
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  v_new text[];
BEGIN
  IF p_peek THEN
    SELECT array_agg(DISTINCT u.principal || ' ' || u.nonce) INTO v_new
      FROM unnest(p_principals, p_nonces) u (principal, nonce)
     WHERE NOT EXISTS (SELECT FROM core.nonce n WHERE n.principal = u.principal AND n.nonce = u.nonce);
  ELSIF p_write THEN
    WITH taken AS (
      INSERT INTO core.nonce AS n (principal, nonce)
      SELECT u.principal, u.nonce FROM unnest(p_principals, p_nonces) u (principal, nonce) ORDER BY 1, 2
      ON CONFLICT DO NOTHING RETURNING n.principal || ' ' || n.nonce AS name)
    SELECT array_agg(t.name) INTO v_new FROM taken t;
  ELSE
    WITH taken AS (
      INSERT INTO core.nonce_read AS n (principal, nonce)
      SELECT u.principal, u.nonce FROM unnest(p_principals, p_nonces) u (principal, nonce) ORDER BY 1, 2
      ON CONFLICT DO NOTHING RETURNING n.principal || ' ' || n.nonce AS name)
    SELECT array_agg(t.name) INTO v_new FROM taken t;
  END IF;
  RETURN coalesce(v_new, '{}');
END $$;
