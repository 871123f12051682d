-- query_compares(op, plain value, values): one leaf of a query on a plain tag.
CREATE FUNCTION core.query_compares(p_op text, p_value bytea, p_values jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v constant bytea := convert_to(p_values ->> 0, 'UTF8');
BEGIN
  RETURN CASE p_op
    WHEN 'eq' THEN p_value = v WHEN 'neq' THEN p_value <> v
    WHEN 'gt' THEN p_value > v WHEN 'gte' THEN p_value >= v WHEN 'lt' THEN p_value < v WHEN 'lte' THEN p_value <= v
    WHEN 'like' THEN convert_from(p_value, 'UTF8') LIKE (p_values ->> 0) ESCAPE ''
    WHEN 'in' THEN convert_from(p_value, 'UTF8') IN (SELECT x FROM jsonb_array_elements_text(p_values) x) END;
END $$;
