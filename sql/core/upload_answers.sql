-- upload_answers(calls, profiles, ids, words): the answer to each call, in their order, to reports
-- of which a word says why it was not taken.
CREATE FUNCTION core.upload_answers(p_calls int[], p_profiles text[], p_ids uuid[], p_words text[]) RETURNS SETOF core.answer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_answers core.answer[];
BEGIN
  IF array_remove(p_words, NULL) = '{}' THEN
    RETURN QUERY SELECT a.* FROM (SELECT DISTINCT ON (u.n) u.n, u.profile FROM unnest(p_calls, p_profiles) u(n, profile) ORDER BY u.n) c
     CROSS JOIN LATERAL core.upload_taken(c.profile) a;
    RETURN;
  END IF;
  v_answers := ARRAY(SELECT core.upload_taken(c.profile) FROM (SELECT DISTINCT ON (u.n) u.n, u.profile FROM unnest(p_calls, p_profiles) u(n, profile) ORDER BY u.n) c ORDER BY c.n);
  FOR i IN 1 .. cardinality(p_words) LOOP
    CONTINUE WHEN p_words[i] IS NULL;
    v_answers[p_calls[i]] := core.upload_refusal(v_answers[p_calls[i]], p_profiles[i], p_ids[i], p_words[i]);
  END LOOP;
  RETURN QUERY SELECT * FROM unnest(v_answers);
END $$;
