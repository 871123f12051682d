-- template_json(template): what its owner, and whoever may run it, sees of it.
CREATE FUNCTION core.template_json(t core.template) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('task', t.task, 'owner', (SELECT p.public_id FROM core.principal p WHERE p.id = t.owner),
    'sha256', encode(t.sha256, 'hex'), 'variable', t.variable, 'image', t.image, 'outputs', t.outputs, 'limits', t.limits,
    'updated_at', core.ts(t.updated_at)))
$$;
