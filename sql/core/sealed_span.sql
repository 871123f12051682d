-- sealed_span(column, args): the piece of a column that one call looks at, so that none is longer than a call may be,
-- however little of it is to be found: from behind args' after to p_last, at most 1,000 keys on (5 of jobs, whose
-- specs are read for it and may be large), NULL: to the end.  p_from: its rows, with p_after as $1 and p_last as $2,
-- in the order of their keys.  It needs its LIMIT: a bound of several columns ends no scan of an index.  Read in
-- the order of the index whatever the planner knows of the table; what it is told to avoid makes plans so dear
-- that they would be compiled, hence no jit.
CREATE FUNCTION core.sealed_span(s core.sealed_column, a jsonb, OUT p_after text[], OUT p_last text[], OUT p_from text) LANGUAGE plpgsql VOLATILE
SET enable_sort = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
  v_key constant text := core.sealed_tuple(s, '');
  v_most constant int := CASE WHEN s.form = 'read' THEN 5 ELSE 1000 END;
BEGIN
  p_after := ARRAY(SELECT t FROM jsonb_array_elements_text(nullif(a -> 'after', 'null')) WITH ORDINALITY e (t, i) ORDER BY i);
  p_from := format('core.%I x WHERE true', s.relation) || CASE WHEN p_after <> '{}' THEN format(' AND %s > %s', v_key, core.sealed_tuple(s, '$1')) ELSE '' END;
  EXECUTE format('SELECT ARRAY(SELECT jsonb_array_elements_text(%s)) FROM %s ORDER BY %s OFFSET $2 LIMIT 1', core.sealed_key(s), p_from, trim(v_key, '()'))
     INTO p_last USING p_after, v_most - 1;
  IF p_last IS NOT NULL THEN
    p_from := p_from || format(' AND %s <= %s', v_key, core.sealed_tuple(s, '$2'));
  END IF;
  p_from := format('(SELECT x.* FROM %s ORDER BY %s LIMIT %s) x', p_from, trim(v_key, '()'), v_most);
END $$;
