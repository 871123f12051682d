-- ask_sealed_count: {key} → {columns: [{name, form, rows, old?}]}, in the order of the work: how many values are
-- sealed to the node, and of those that tell under which key, how many not under this one.  Boxes do not tell.
-- An unlock of another length than UNLOCK_SEALED (lib/crypt/unlock.h) is from before 0042 and names none: it counts as
-- another's for the day that it lives.
CREATE FUNCTION core.ask_sealed_count(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_key constant bytea := decode(a ->> 'key', 'hex');
  v_columns jsonb := '[]';
  v_rows bigint;
  v_old bigint;
  s core.sealed_column;
BEGIN
  PERFORM core.tenant_enter('*');
  FOR s IN SELECT x.* FROM core.sealed_column x ORDER BY x.place LOOP
    EXECUTE format('SELECT count(*), count(*) FILTER (WHERE substring(x.%1$I FROM 2 FOR 4) <> $1%3$s) FROM core.%2$I x WHERE x.%1$I IS NOT NULL', s.col, s.relation,
        CASE WHEN s.form = 'handle' THEN format(' OR length(x.%I) <> 77', s.col) ELSE '' END)
       INTO v_rows, v_old USING v_key;
    v_columns := v_columns || jsonb_strip_nulls(jsonb_build_object('name', s.name, 'form', s.form, 'rows', v_rows,
      'old', CASE WHEN s.form IN ('row', 'handle') THEN v_old END));
  END LOOP;
  RETURN jsonb_build_object('columns', v_columns);
END $$;
