-- page(rows, their keys, limit): the answer of a list.  Lists read one
-- row more than the limit, so that the last page says that it is the last.
CREATE FUNCTION core.page(p_rows jsonb, p_keys text[], p_limit int)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object(
    'data', coalesce(CASE WHEN cardinality(p_keys) > p_limit THEN p_rows - p_limit ELSE p_rows END, '[]'),
    'nextCursor', CASE WHEN cardinality(p_keys) > p_limit THEN core.cursor_make(p_keys[p_limit]) ELSE '' END)
$$;
