-- compute_request(computation): what was asked and granted, script included.
CREATE FUNCTION core.compute_request(m core.computation)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
      'lease_id', (SELECT l.lease_id FROM core.data_lease l WHERE l.serial = m.serial),
      'computationCid', s.spec -> 'cid', 'code_sha256', encode(m.script_sha256, 'hex'),
      'code', (SELECT convert_from(b.data, 'UTF8') FROM core.blob b WHERE b.sha256 = m.script_sha256 AND b.store = 'pg'),
      'image', m.image, 'image_digest', m.image_digest, 'priority', j.priority, 'label', m.label,
      'queue_ttl_s', round(extract(epoch FROM j.expires_at - j.created_at))::bigint,
      'isolation', s.spec -> 'isolation'))
    || jsonb_build_object('params', s.spec -> 'params', 'outputs', s.spec -> 'outputs', 'limits', s.spec -> 'limits',
      'inputs', (SELECT jsonb_agg(jsonb_build_object('asset_id', a.asset_id, 'variable_name', i.variable, 'version', i.version) ORDER BY i.variable)
                   FROM unnest(m.variables, m.assets, m.versions) i (variable, asset, version) JOIN core.asset a ON a.id = i.asset))
    FROM core.job j CROSS JOIN LATERAL core.job_spec(j.shared, j.spec) s (spec) WHERE j.id = m.job_id
$$;
