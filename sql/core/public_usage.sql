-- public_usage(usage): what a consumer may know of resource use: rounded up to
-- whole seconds and 16 MB, so that it says little about the data.  NULL when
-- nothing was measured.
CREATE FUNCTION core.public_usage(p_usage jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT nullif(jsonb_strip_nulls(jsonb_build_object(
    'wall_s', ceil((p_usage ->> 'wall_ms')::numeric / 1000)::bigint,
    'cpu_s', ceil((p_usage ->> 'cpu_ms')::numeric / 1000)::bigint,
    'memory_peak_mb', (ceil(coalesce(p_usage ->> 'memory_peak_bytes', p_usage ->> 'memory_bytes')::numeric / 16777216) * 16)::bigint)), '{}')
$$;
