-- query_valid(query): has it the form that lib/crypt/wallet/query.h gives it?  Depth
-- at most 8, at most 256 values.
CREATE FUNCTION core.query_valid(q jsonb, p_depth int DEFAULT 8) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_op constant text := CASE jsonb_typeof(q) WHEN 'array' THEN q ->> 0 END;
  m jsonb;
BEGIN
  IF v_op IS NULL OR p_depth = 0 OR jsonb_array_length(q) > 260 THEN
    RETURN false;
  ELSIF v_op IN ('and', 'or', 'not') THEN
    FOR m IN SELECT x FROM jsonb_array_elements(q - 0) x LOOP
      IF NOT core.query_valid(m, p_depth - 1) THEN
        RETURN false;
      END IF;
    END LOOP;
    RETURN v_op <> 'not' OR jsonb_array_length(q) = 2;
  END IF;
  RETURN jsonb_array_length(q) >= 4
     AND (jsonb_array_length(q) = 4 OR v_op = 'in')
     AND NOT EXISTS (SELECT FROM jsonb_array_elements(q) x WHERE jsonb_typeof(x) <> 'string')
     AND (q ->> 1 = 'e' AND v_op IN ('eq', 'neq', 'in') OR q ->> 1 = 'p' AND v_op IN ('eq', 'neq', 'in', 'gt', 'gte', 'lt', 'lte', 'like'));
END $$;
