-- ask_sealed_put: {name, rows: [{id, was, sealed}]} → {put}: how many of these values were written anew.  A value that is
-- not what the page had stays, and so does a row that somebody holds: nothing is waited for, another round
-- meets it again.  Hence no order of locks is kept, and none is needed.
CREATE FUNCTION core.ask_sealed_put(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s constant core.sealed_column := core.sealed_named(a ->> 'name');
  v_put bigint := 0;
  v_n bigint;
  r jsonb;
BEGIN
  IF s.form NOT IN ('row', 'box') THEN
    PERFORM core.job_fail('INTERNAL', 'nothing of this column is written anew');
  END IF;
  FOR r IN SELECT e FROM jsonb_array_elements(a -> 'rows') e LOOP
    EXECUTE format('WITH held AS MATERIALIZED (SELECT x.ctid FROM core.%1$I x WHERE %2$s = %3$s AND sha256(x.%4$I) = $2 FOR NO KEY UPDATE SKIP LOCKED) '
                   'UPDATE core.%1$I x SET %4$I = $3 FROM held WHERE x.ctid = held.ctid', s.relation, core.sealed_tuple(s, ''), core.sealed_tuple(s, '$1'), s.col)
      USING ARRAY(SELECT t FROM jsonb_array_elements_text(r -> 'id') WITH ORDINALITY e (t, i) ORDER BY i), decode(r ->> 'was', 'hex'), decode(r ->> 'sealed', 'base64');
    GET DIAGNOSTICS v_n = ROW_COUNT;
    v_put := v_put + v_n;
  END LOOP;
  RETURN jsonb_build_object('put', v_put);
END $$;
