-- ask_sealed_page: {name, key, after?} → {reseal: [{id, was, form, sealed | large, at?}], after?}: values of a piece of a
-- column (core.sealed_span) that may rest under another node key than this one, in the order of their keys, at most 100 or
-- about 1 MiB a page.  There may be none and an after.  workerd seals them anew on their way (worker/workerd/reseal.h).
-- One that no answer carries is told without its text, as large: it stays as it is, and counts as another key's.
-- Read in the order of the index whatever the planner knows of the table: sorting all that is left for each
-- page made it ten times as long.  No lock is held when the answer leaves.
CREATE FUNCTION core.ask_sealed_page(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
SET enable_sort = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
  c_most constant int := 3099999;       -- bytes: with base64 and the rest of the answer within FRAME_MAX; core.sealed_job has it too
  s constant core.sealed_column := core.sealed_named(a ->> 'name');
  p constant record := core.sealed_span(s, a);
  v_rows jsonb[] := '{}';
  v_size bigint := 0;
  v_more boolean := false;
  v_large boolean;
  r record;
BEGIN
  FOR r IN EXECUTE format('SELECT %1$s AS id, x.%2$I AS sealed, %3$s AS at FROM %4$s WHERE x.%2$I IS NOT NULL%5$s ORDER BY %6$s LIMIT 101',
      core.sealed_key(s), s.col,
      CASE WHEN s.form = 'row' THEN format('jsonb_build_object(''table'', %L, ''id'', %s, ''tenant'', %s)', s.seal_table, s.seal_id, s.tenant) ELSE 'NULL::jsonb' END,
      p.p_from,
      CASE WHEN s.form = 'row' THEN format(' AND substring(x.%I FROM 2 FOR 4) <> $3', s.col) ELSE '' END,
      trim(core.sealed_tuple(s, ''), '()'))
    USING p.p_after, p.p_last, decode(a ->> 'key', 'hex')
  LOOP
    v_large := length(r.sealed) NOT BETWEEN 1 AND c_most;
    v_size := v_size + 300 + CASE WHEN v_large THEN 0 ELSE length(r.sealed) END;
    v_more := cardinality(v_rows) > 0 AND (cardinality(v_rows) >= 100 OR v_size > 1048576);
    EXIT WHEN v_more;
    v_rows := v_rows || jsonb_strip_nulls(jsonb_build_object('id', r.id, 'form', s.form, 'at', r.at) ||
      CASE WHEN v_large THEN '{"large": true}' ELSE jsonb_build_object('was', encode(sha256(r.sealed), 'hex'), 'sealed', core.b64(r.sealed)) END);
  END LOOP;
  RETURN jsonb_strip_nulls(jsonb_build_object('reseal', to_jsonb(v_rows), 'after', CASE WHEN v_more THEN v_rows[cardinality(v_rows)] -> 'id' ELSE to_jsonb(p.p_last) END));
END $$;
