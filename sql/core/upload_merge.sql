-- upload_merge(words, places, these): words with these in their places.
CREATE FUNCTION core.upload_merge(p_words text[], p_places bigint[], p_these text[]) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  FOR i IN 1 .. cardinality(p_places) LOOP
    p_words[p_places[i]] := p_these[i];
  END LOOP;
  RETURN p_words;
END $$;
