-- wallet_item_json(record, whole): a record as calls carry it; whole: with its
-- type and name.
CREATE FUNCTION core.wallet_item_json(i core.wallet_item, p_whole boolean) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object('value', core.b64(i.value), 'key', core.b64(i.key), 'version', i.version,
      'tags', coalesce((SELECT jsonb_agg(jsonb_build_object('name', core.b64(t.name), 'plain', t.plain,
                 'value', CASE WHEN t.plain THEN convert_from(t.value, 'UTF8') ELSE core.b64(t.value) END) ORDER BY t.plain, t.name)
                FROM core.wallet_tag t WHERE t.item = i.id), '[]'))
    || CASE WHEN p_whole THEN jsonb_build_object('type', core.b64(i.type), 'name', core.b64(i.name)) ELSE '{}' END;
END $$;
