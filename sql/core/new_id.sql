-- new_id('tok_'): a prefix and 128 random bits in base32.  A version 4 uuid has
-- six bits that are not random, so its whole bytes come from two of them.
CREATE FUNCTION core.new_id(p_prefix text) RETURNS text LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
DECLARE
  v_a bytea := uuid_send(gen_random_uuid());
  v_b bytea := uuid_send(gen_random_uuid());
BEGIN
  RETURN p_prefix || core.b32(substr(v_a, 1, 6) || substr(v_a, 10, 7) || substr(v_b, 1, 3));
END $$;
