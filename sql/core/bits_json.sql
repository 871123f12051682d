-- bits_json(bitmap, n): its first n bits, from the low end of each byte, as a
-- JSON array of 0 and 1.
CREATE FUNCTION core.bits_json(p_bits bytea, p_n int) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_of constant text[] := ARRAY(
    SELECT string_agg((b >> i & 1)::text, ',' ORDER BY i) FROM generate_series(0, 255) b CROSS JOIN generate_series(0, 7) i GROUP BY b ORDER BY b);
BEGIN
  RETURN ('[' || left((SELECT string_agg(v_of[1 + get_byte(p_bits, k)], ',' ORDER BY k) FROM generate_series(0, length(p_bits) - 1) k), 2 * p_n - 1) || ']')::jsonb;
END $$;
