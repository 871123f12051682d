-- query_keys(query): digests of tags of which any record that meets the query has one;
-- NULL: it does not say so much, and records are looked at one by one.  Of an
-- "and" the member with the fewest will do, of an "or" all are needed.
CREATE FUNCTION core.query_keys(q jsonb) RETURNS bytea[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_keys bytea[];
  v_best bytea[];
  v_all bytea[] := '{}';
  m jsonb;
BEGIN
  IF q ->> 0 IN ('eq', 'in') THEN
    RETURN ARRAY(SELECT sha256(decode(q ->> 2, 'base64') || CASE q ->> 1 WHEN 'p' THEN convert_to(v, 'UTF8') ELSE decode(v, 'base64') END)
                   FROM jsonb_array_elements_text(q - 0 - 0 - 0) v);
  ELSIF q ->> 0 NOT IN ('and', 'or') THEN
    RETURN NULL;
  END IF;
  FOR m IN SELECT x FROM jsonb_array_elements(q - 0) x LOOP
    v_keys := core.query_keys(m);
    v_all := v_all || v_keys;             -- NULL from the first that says nothing on
    v_best := CASE WHEN v_best IS NULL OR cardinality(v_keys) < cardinality(v_best) THEN v_keys ELSE v_best END;
    IF v_keys IS NULL THEN
      v_all := NULL;
      EXIT WHEN q ->> 0 = 'or';
    END IF;
  END LOOP;
  RETURN CASE q ->> 0 WHEN 'and' THEN v_best ELSE v_all END;
END $$;
