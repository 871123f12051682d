-- asset_json(asset, own): what its owner sees of an asset; to the holder of a
-- lease no more than its name, kind and columns.
CREATE FUNCTION core.asset_json(a core.asset, p_own boolean)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('asset_id', a.asset_id, 'kind', v.kind, 'columns', v.columns)
      || CASE WHEN p_own THEN jsonb_build_object('title', a.title, 'keywords', to_jsonb(a.keywords), 'note', a.note,
             'version', a.version, 'sha256', encode(v.sha256, 'hex'), 'size', v.size, 'row_count', v.row_count,
             'release_mode', a.release_mode, 'policy', a.policy,
             'created_at', core.ts(a.created_at), 'updated_at', core.ts(a.updated_at))
         ELSE jsonb_build_object('owner', (SELECT p.public_id FROM core.principal p WHERE p.id = a.owner)) END
    FROM core.asset_version v WHERE v.asset = a.id AND v.version = a.version
$$;
