-- inputs_resolve(owner, inputs): the owner's live assets behind the
-- named ids, in order, at their current versions, and what their policies ask.
-- An id that names none gives NULL in assets: core.entitled refuses it.
CREATE FUNCTION core.inputs_resolve(p_owner int, p_inputs jsonb,
  OUT assets bigint[], OUT versions int[], OUT variables text[], OUT names text[], OUT kinds text[],
  OUT inputs jsonb, OUT hold boolean, OUT gated boolean, OUT fresh boolean,
  OUT caps jsonb[], OUT images jsonb[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT array_agg(a.id ORDER BY i.n), array_agg(a.version ORDER BY i.n),
         array_agg(i.e ->> 'variable_name' ORDER BY i.n), array_agg(i.e ->> 'asset_id' ORDER BY i.n),
         array_agg(DISTINCT v.kind) FILTER (WHERE v.kind IS NOT NULL),
         jsonb_agg(jsonb_build_object('variable', i.e ->> 'variable_name', 'asset_id', a.asset_id, 'kind', v.kind,
             'sha256', encode(v.sha256, 'hex'), 'size', v.size, 'store', b.store, 'columns', v.columns) ORDER BY i.n),
         coalesce(bool_or(a.release_mode <> 'auto'), false),
         coalesce(bool_or(a.approval_mode <> 'auto'), false),
         coalesce(bool_or(a.policy ->> 'isolation' = 'job'), false),
         coalesce(array_agg(a.policy -> 'limits') FILTER (WHERE a.policy ? 'limits'), '{}'),
         coalesce(array_agg(a.policy -> 'images') FILTER (WHERE a.policy ? 'images'), '{}')
    INTO assets, versions, variables, names, kinds, inputs, hold, gated, fresh, caps, images
    FROM jsonb_array_elements(p_inputs) WITH ORDINALITY i (e, n)
    LEFT JOIN core.asset a ON a.owner = p_owner AND a.asset_id = i.e ->> 'asset_id' AND a.removed_at IS NULL
    LEFT JOIN core.asset_version v ON v.asset = a.id AND v.version = a.version
    LEFT JOIN core.blob b ON b.sha256 = v.sha256;
END $$;
