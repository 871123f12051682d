-- refuse(word, message, retry in ms): a refusal as a row.
CREATE FUNCTION core.refuse(p_err text, p_msg text, p_retry_ms int DEFAULT NULL) RETURNS core.answer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ROW(p_err, p_msg, p_retry_ms, NULL::int, NULL::jsonb, NULL::jsonb)::core.answer
$$;
