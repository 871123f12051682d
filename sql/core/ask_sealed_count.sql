-- ask_sealed_count: {key, name?, after?} → {name, form, rows, old?, after?, next?}: how many values of a piece of a column
-- (core.sealed_span) are sealed to the node, and of those that tell under which key, how many not under this one.
-- Boxes do not tell.  Of the first column when none is named; after: where the next piece begins; else
-- next: the column after this one, in the order of the work.
-- An unlock of another length than UNLOCK_SEALED (lib/crypt/unlock.h) is from before 0042 and names none: it counts as
-- another's for the day that it lives.
CREATE FUNCTION core.ask_sealed_count(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE
SET enable_sort = off SET enable_bitmapscan = off SET jit = off AS $$
DECLARE
  s constant core.sealed_column := core.sealed_named(coalesce(a ->> 'name', (SELECT x.name FROM core.sealed_column x ORDER BY x.place LIMIT 1)));
  p constant record := core.sealed_span(s, a);
  v_rows bigint;
  v_old bigint;
BEGIN
  EXECUTE format('SELECT count(*), count(*) FILTER (WHERE substring(x.%1$I FROM 2 FOR 4) <> $3%3$s) FROM %2$s WHERE x.%1$I IS NOT NULL', s.col, p.p_from,
      CASE WHEN s.form = 'handle' THEN format(' OR length(x.%I) <> 77', s.col) ELSE '' END)
     INTO v_rows, v_old USING p.p_after, p.p_last, decode(a ->> 'key', 'hex');
  RETURN jsonb_strip_nulls(jsonb_build_object('name', s.name, 'form', s.form, 'rows', v_rows,
    'old', CASE WHEN s.form IN ('row', 'handle') THEN v_old END, 'after', to_jsonb(p.p_last),
    'next', CASE WHEN p.p_last IS NULL THEN (SELECT x.name FROM core.sealed_column x WHERE x.place > s.place ORDER BY x.place LIMIT 1) END));
END $$;
