-- b32(bytes): RFC 4648 base32, lower case, without padding; five bytes make
-- eight digits.
CREATE FUNCTION core.b32(p_bytes bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  v_abc  constant text := 'abcdefghijklmnopqrstuvwxyz234567';
  v_hex  text := rpad(encode(p_bytes, 'hex'), (length(p_bytes) + 4) / 5 * 10, '0');
  v_bits bigint;
  v_out  text := '';
BEGIN
  FOR i IN 1 .. length(v_hex) BY 10 LOOP
    v_bits := ('x' || substr(v_hex, i, 10))::bit(40)::bigint;
    v_out := v_out
      || substr(v_abc, (v_bits >> 35)::int + 1, 1) || substr(v_abc, (v_bits >> 30 & 31)::int + 1, 1)
      || substr(v_abc, (v_bits >> 25 & 31)::int + 1, 1) || substr(v_abc, (v_bits >> 20 & 31)::int + 1, 1)
      || substr(v_abc, (v_bits >> 15 & 31)::int + 1, 1) || substr(v_abc, (v_bits >> 10 & 31)::int + 1, 1)
      || substr(v_abc, (v_bits >> 5 & 31)::int + 1, 1) || substr(v_abc, (v_bits & 31)::int + 1, 1);
  END LOOP;
  RETURN left(v_out, (length(p_bytes) * 8 + 4) / 5);
END $$;
