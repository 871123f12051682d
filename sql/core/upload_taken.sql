-- upload_taken(profile): the answer to an upload none of whose reports was refused.
CREATE FUNCTION core.upload_taken(p_profile text) RETURNS core.answer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ROW(NULL::text, NULL::text, NULL::int, CASE p_profile WHEN '09' THEN 201 ELSE 200 END, NULL::jsonb, NULL::jsonb)::core.answer
$$;
