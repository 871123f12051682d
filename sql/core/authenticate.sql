-- authenticate(auth, peek): core.callers for one call.
CREATE FUNCTION core.authenticate(p_auth jsonb, p_peek boolean DEFAULT false)
RETURNS core.caller LANGUAGE plpgsql AS $$
BEGIN
  RETURN (core.callers(ARRAY[p_auth], p_peek))[1];
END $$;
