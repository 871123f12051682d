-- bits256(bytes): 32 bytes as bits, as checksums are kept: bit_xor adds them up; NULL for
-- another length.  One SQL expression and not STRICT, so that callers have it inlined.
CREATE FUNCTION core.bits256(p_bytes bytea) RETURNS bit(256) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE length(p_bytes) WHEN 32 THEN ('x' || encode(p_bytes, 'hex'))::bit(256) END
$$;
