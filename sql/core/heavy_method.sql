-- heavy_method(args, method of the wallet): Argon2 takes up to a second.  What it is
-- needed for is the wallet's key, a new one, or that of a wallet that is made.
CREATE FUNCTION core.heavy_method(p_args jsonb, p_method text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN coalesce(p_method, p_args ->> 'method', '') LIKE 'argon2%' OR coalesce(p_args ->> 'new_method', '') LIKE 'argon2%';
END $$;
