-- bits256_hex(bits): a checksum as hex text.
CREATE FUNCTION core.bits256_hex(p_bits bit(256)) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN substr(encode(varbit_send(p_bits), 'hex'), 9);         -- behind its length
END $$;
