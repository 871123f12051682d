-- ask_sealed_put: {name, rows: [{id, was, sealed}]} → {put}: how many of these values were written anew.  A value that is
-- not what the page had stays, and so does a row that somebody holds: nothing is waited for, another round
-- meets it again.  Hence no order of locks is kept, and none is needed.
CREATE FUNCTION core.ask_sealed_put(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s constant core.sealed_column := core.sealed_named(a ->> 'name');
  v_put bigint;
BEGIN
  IF s.form NOT IN ('row', 'box') THEN
    PERFORM core.job_fail('INTERNAL', 'nothing of this column is written anew');
  END IF;
  EXECUTE format('WITH told AS MATERIALIZED (SELECT e, decode(e ->> ''was'', ''hex'') AS was, decode(e ->> ''sealed'', ''base64'') AS sealed FROM jsonb_array_elements($1) e), '
                 'held AS MATERIALIZED (SELECT x.ctid AS at, told.sealed FROM told JOIN core.%1$I x ON %2$s = %3$s AND sha256(x.%4$I) = told.was FOR NO KEY UPDATE OF x SKIP LOCKED) '
                 'UPDATE core.%1$I x SET %4$I = held.sealed FROM held WHERE x.ctid = held.at', s.relation, core.sealed_tuple(s, ''), core.sealed_tuple(s, 'told.e'), s.col)
    USING a -> 'rows';
  GET DIAGNOSTICS v_put = ROW_COUNT;
  RETURN jsonb_build_object('put', v_put);
END $$;
