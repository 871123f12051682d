-- usage_shown(usage, view): resource use as the owner of an input reads it, to the
-- millisecond and byte beside the rounded figures; as a consumer does.
CREATE FUNCTION core.usage_shown(p_usage jsonb, p_view text)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_view WHEN 'owner' THEN p_usage || coalesce(core.public_usage(p_usage), '{}') ELSE core.public_usage(p_usage) END
$$;
