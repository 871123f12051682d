-- ask_sealed_page: {name, key, after?} → {reseal: [{id, was, form, sealed, at?}], after?}: values of a column that may rest
-- under another node key than this one, in the order of their keys, at most 100 or about 1 MiB a page.  workerd seals
-- them anew on their way (worker/workerd/reseal.h).  Read in the order of the index whatever the planner knows of
-- the table: sorting all that is left for each page made it ten times as long.  No lock is held when the answer leaves.
CREATE FUNCTION core.ask_sealed_page(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
  s constant core.sealed_column := core.sealed_named(a ->> 'name');
  v_after constant text[] := ARRAY(SELECT t FROM jsonb_array_elements_text(nullif(a -> 'after', 'null')) WITH ORDINALITY e (t, i) ORDER BY i);
  v_rows jsonb[] := '{}';
  v_size bigint := 0;
  v_more boolean := false;
  r record;
BEGIN
  FOR r IN EXECUTE format('SELECT %1$s AS id, x.%2$I AS sealed, %3$s AS at FROM core.%4$I x WHERE x.%2$I IS NOT NULL%5$s%6$s ORDER BY %7$s LIMIT 101',
      core.sealed_key(s), s.col,
      CASE WHEN s.form = 'row' THEN format('jsonb_build_object(''table'', %L, ''id'', %s, ''tenant'', %s)', s.seal_table, s.seal_id, s.tenant) ELSE 'NULL::jsonb' END,
      s.relation,
      CASE WHEN s.form = 'row' THEN format(' AND substring(x.%I FROM 2 FOR 4) <> $2', s.col) ELSE '' END,
      CASE WHEN v_after <> '{}' THEN format(' AND %s > %s', core.sealed_tuple(s, ''), core.sealed_tuple(s, '$1')) ELSE '' END,
      trim(core.sealed_tuple(s, ''), '()'))
    USING v_after, decode(a ->> 'key', 'hex')
  LOOP
    v_size := v_size + 300 + length(r.sealed);
    v_more := cardinality(v_rows) > 0 AND (cardinality(v_rows) >= 100 OR v_size > 1048576);
    EXIT WHEN v_more;
    v_rows := v_rows || jsonb_strip_nulls(jsonb_build_object('id', r.id, 'was', encode(sha256(r.sealed), 'hex'), 'form', s.form, 'sealed', core.b64(r.sealed), 'at', r.at));
  END LOOP;
  RETURN jsonb_strip_nulls(jsonb_build_object('reseal', to_jsonb(v_rows), 'after', CASE WHEN v_more THEN v_rows[cardinality(v_rows)] -> 'id' END));
END $$;
