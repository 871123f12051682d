-- list_bits(list): a revocation list as bits, in any order that is the same for lists of one size: an array of
-- numbers, or {size, bits} as the front hands it on (fcgi/f_status_list.c).  NULL: neither.
CREATE FUNCTION core.list_bits(p_list jsonb) RETURNS bit varying LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF jsonb_typeof(p_list) = 'array' THEN
    RETURN (SELECT string_agg(CASE WHEN x IN ('0', 'false') THEN '0' ELSE '1' END, '' ORDER BY i)::bit varying FROM jsonb_array_elements(p_list) WITH ORDINALITY e (x, i));
  ELSIF jsonb_typeof(p_list) = 'object' THEN
    RETURN ('x' || encode(decode(p_list ->> 'bits', 'base64'), 'hex'))::bit varying;
  END IF;
  RETURN NULL;
END $$;
