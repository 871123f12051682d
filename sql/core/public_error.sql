-- public_error(reason, outcome, note, reveal): the error line and the hint that
-- a consumer reads.  The message of an exception may hold data of the inputs:
-- it is shown only if every input asset is released without a look (reveal), as
-- are the names of files that the script made.
-- note: the owner's public reason, where there is one.
CREATE FUNCTION core.public_error(p_reason text, p_outcome jsonb, p_note text, p_reveal boolean,
  OUT error text, OUT hint text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_values jsonb := coalesce(p_outcome -> 'detail', '{}') - CASE WHEN p_reveal THEN '' ELSE 'near' END
    || jsonb_strip_nulls(jsonb_build_object('exit_code', p_outcome -> 'exit_code', 'signal', p_outcome -> 'signal',
       'by', p_outcome -> 'by', 'line', p_outcome #> '{error,line}',
       'type', core.exception_name(p_outcome #>> '{error,type}', p_reveal)));
BEGIN
  SELECT core.fill(r.says, v_values), core.fill(r.hint, v_values) INTO error, hint
    FROM core.reason r WHERE r.code = p_reason;
  error := coalesce(error, p_reason);
  IF p_reason = 'EXCEPTION' AND p_reveal AND p_outcome #>> '{error,message}' <> '' THEN
    error := error || ': ' || left(p_outcome #>> '{error,message}', 1000);
  END IF;
  IF p_note <> '' THEN
    error := error || ': ' || p_note;
  END IF;
END $$;
