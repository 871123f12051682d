-- ts(time): RFC 3339, UTC, six decimals, Z: how times leave the node.
CREATE FUNCTION core.ts(p_at timestamptz) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
