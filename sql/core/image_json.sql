-- image_json(image)
CREATE FUNCTION core.image_json(i core.image)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('name', i.name, 'digest', i.digest, 'allowed', i.allowed,
    'preload', to_jsonb(i.preload), 'loaders', to_jsonb(i.loaders), 'created_at', core.ts(i.created_at))
$$;
