-- random32(): 32 random bytes.
CREATE FUNCTION core.random32() RETURNS bytea LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
END $$;
