-- ok(status, body, extra): a success as a row.
CREATE FUNCTION core.ok(p_status int, p_body jsonb DEFAULT NULL, p_extra jsonb DEFAULT NULL) RETURNS core.answer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ROW(NULL::text, NULL::text, NULL::int, p_status, p_body, p_extra)::core.answer
$$;
