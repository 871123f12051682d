-- decided(answer): is it an answer already, a success or a refusal?
CREATE FUNCTION core.decided(a core.answer) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT a.err IS NOT NULL OR a.status IS NOT NULL
$$;
