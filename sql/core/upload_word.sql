-- upload_word(profile, word): how an upload's refusal is said: of profile 18 the report
-- error itself, of 09 the problem of the whole request.
CREATE FUNCTION core.upload_word(p_profile text, p_word text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE WHEN p_profile = '18' THEN p_word
              WHEN p_word = 'outdated_config' THEN 'outdatedConfig'
              WHEN p_word = 'report_too_early' THEN 'reportTooEarly'
              ELSE 'reportRejected' END;
END $$;
