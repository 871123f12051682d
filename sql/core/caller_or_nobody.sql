-- caller_or_nobody(auth): core.authenticate where a caller may but need not say
-- who it is.  Nobody has id 0 and no roles; all of them share one bucket of writes.
CREATE FUNCTION core.caller_or_nobody(p_auth jsonb)
RETURNS core.caller LANGUAGE plpgsql AS $$
DECLARE
  c core.caller;
BEGIN
  IF p_auth ->> 'mode' <> 'none' THEN
    RETURN core.authenticate(p_auth);
  END IF;
  c.id := 0;
  c.roles := '{}';
  RETURN (core.rates_take(ARRAY[p_auth || '{"write": true}'], ARRAY[c]))[1];
END $$;
