-- b32(bytes): RFC 4648 base32, lower case, without padding.
CREATE FUNCTION core.b32(p_bytes bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  v_out  text := '';
  v_acc  int := 0;    -- bits not yet written, at most 12
  v_bits int := 0;
BEGIN
  FOR i IN 0 .. length(p_bytes) - 1 LOOP
    v_acc := (v_acc & 15) << 8 | get_byte(p_bytes, i);
    v_bits := v_bits + 8;
    WHILE v_bits >= 5 LOOP
      v_bits := v_bits - 5;
      v_out := v_out || substr('abcdefghijklmnopqrstuvwxyz234567', (v_acc >> v_bits & 31) + 1, 1);
    END LOOP;
  END LOOP;
  IF v_bits > 0 THEN
    v_out := v_out || substr('abcdefghijklmnopqrstuvwxyz234567', (v_acc << 5 - v_bits & 31) + 1, 1);
  END IF;
  RETURN v_out;
END $$;
