-- job_spec(shared, spec): the whole specification of a job, from the part that it
-- shares with others and its own.
CREATE FUNCTION core.job_spec(p_shared jsonb, p_spec jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(p_shared || p_spec, p_spec)
$$;
