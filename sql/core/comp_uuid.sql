-- comp_uuid(text): the inverse of comp_id; NULL for anything it never makes.
CREATE FUNCTION core.comp_uuid(p_text text) RETURNS uuid LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  v_bits text := '';
BEGIN
  -- 26 digits are 130 bits: the last two must be 0
  IF p_text !~ '^comp-[a-z2-7]{25}[aeimquy4]$' THEN
    RETURN NULL;
  END IF;
  FOR i IN 6 .. 31 LOOP
    v_bits := v_bits || (strpos('abcdefghijklmnopqrstuvwxyz234567', substr(p_text, i, 1)) - 1)::bit(5)::text;
  END LOOP;
  RETURN (lpad(to_hex(left(v_bits, 64)::bit(64)::bigint), 16, '0') ||
          lpad(to_hex(substr(v_bits, 65, 64)::bit(64)::bigint), 16, '0'))::uuid;
END $$;
