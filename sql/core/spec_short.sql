-- spec_short(kind, spec, expires_at): the copy of a job's spec that travels in
-- ready, so that its claim need not look into core.job: NULL when it is long or
-- when the claim has to look anyway, to admit a computation or refuse what has expired.
-- STABLE as pg_column_size is: IMMUTABLE it would not be inlined.
CREATE FUNCTION core.spec_short(p_kind smallint, p_spec jsonb, p_expires_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_kind <> 1 AND p_expires_at IS NULL AND pg_column_size(p_spec) <= 128 THEN p_spec END
$$;
