-- sealed_key(column): its key of row x as a list of texts, as SQL.  sealed_tuple(column, of): the key as a
-- tuple: of row x (''), of a parameter that is a list of texts ('$1'), or of an object told.e, which has
-- it as id ('told.e').
CREATE FUNCTION core.sealed_key(s core.sealed_column) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (SELECT 'jsonb_build_array(' || string_agg(format('x.%I::text', k.name), ', ' ORDER BY k.i) || ')' FROM unnest(s.keys) WITH ORDINALITY k (name, i));
END $$;
CREATE FUNCTION core.sealed_tuple(s core.sealed_column, p_of text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (SELECT '(' || string_agg(CASE WHEN p_of = '' THEN format('x.%I', k.name)
                                             WHEN p_of LIKE '$%' THEN format('%s[%s]::%s', p_of, k.i, s.types[k.i])
                                             ELSE format('(%s -> ''id'' ->> %s)::%s', p_of, k.i - 1, s.types[k.i]) END, ', ' ORDER BY k.i) || ')'
            FROM unnest(s.keys) WITH ORDINALITY k (name, i));
END $$;
