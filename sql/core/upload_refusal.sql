-- upload_refusal(answer, profile, report, word): the answer to a call one of whose reports is not
-- taken: of profile 18 an error beside its others, of 09 the problem of the whole.
CREATE FUNCTION core.upload_refusal(a core.answer, p_profile text, p_id uuid, p_word text) RETURNS core.answer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF p_word = 'unavailable' THEN
    RETURN core.refuse(p_word, 'write the report to another segment', 100);
  ELSIF p_word = 'unrecognizedTask' THEN
    RETURN core.refuse(p_word, 'no such task');
  ELSIF p_profile = '09' THEN
    RETURN core.refuse(CASE p_word WHEN 'outdated_config' THEN 'outdatedConfig' WHEN 'report_too_early' THEN 'reportTooEarly' ELSE 'reportRejected' END,
                       'the report is not taken: ' || replace(p_word, '_', ' '));
  ELSIF a.err IS NULL THEN
    a.extra := jsonb_build_object('errors', coalesce(a.extra -> 'errors', '[]') || jsonb_build_object('id', core.id16_text(p_id), 'word', p_word));
  END IF;
  RETURN a;
END $$;
