-- assets_named(owner, names): the owner's live assets behind a JSON list of
-- names; bad is the place of the first name that is none of them.
CREATE FUNCTION core.assets_named(p_owner int, p_names jsonb, OUT assets bigint[], OUT bad int)
LANGUAGE sql STABLE AS $$
  SELECT array_agg(DISTINCT a.id) FILTER (WHERE a.id IS NOT NULL), min(n.i - 1) FILTER (WHERE a.id IS NULL)
    FROM jsonb_array_elements_text(nullif(p_names, 'null')) WITH ORDINALITY n (name, i)
    LEFT JOIN core.asset a ON a.owner = p_owner AND a.asset_id = n.name AND a.removed_at IS NULL
$$;
