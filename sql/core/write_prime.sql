-- write_prime: a safe prime for the pool, sealed to the node key under its id.
CREATE FUNCTION core.write_prime(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.prime (id, bits, sealed, expires_at)
  VALUES (w ->> 'id', (w ->> 'bits')::int, decode(w ->> 'sealed_p', 'base64'), clock_timestamp() + core.setting_int('prime_ttl_s') * interval '1 s');
END $$;
