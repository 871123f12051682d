-- bits256(bytes): 32 bytes as bits, as checksums are kept: bit_xor adds them up.
CREATE FUNCTION core.bits256(p_bytes bytea) RETURNS bit(256) LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF length(p_bytes) <> 32 THEN
    RETURN NULL;
  END IF;
  RETURN ('x' || encode(p_bytes, 'hex'))::bit(256);
END $$;
