-- compute_plan(principal, request): what all submits of one shape (lease, spender,
-- inputs, image, limits, outputs, priority) are checked for: fields that tables
-- must judge, then the lease, entitlement and the caps that lease, owner and image
-- set.  Writes nothing.
CREATE FUNCTION core.compute_plan(p_principal int, p_req jsonb)
RETURNS core.compute_plan LANGUAGE plpgsql STABLE AS $$
DECLARE
  p core.compute_plan;
  l core.data_lease;
  i record;
  g record;
  m core.image;
  v_barred boolean := false;
  v_why text := core.compute_fields(p_req);
BEGIN
  IF v_why IS NULL THEN
    SELECT * INTO m FROM core.image x
     WHERE x.allowed AND x.name = coalesce(p_req ->> 'image',
           (SELECT d.value #>> '{}' FROM core.setting d WHERE d.name = 'default_image'));
    IF NOT FOUND THEN
      v_why := 'image is not allowed here';
    END IF;
  END IF;
  IF v_why IS NOT NULL THEN
    p.refusal := core.refuse('VALIDATION_ERROR', v_why);
    RETURN p;
  END IF;

  SELECT * INTO l FROM core.data_lease x WHERE x.lease_id = p_req ->> 'lease_id' AND x.consumer = p_principal;
  p.refusal := core.lease_refusal(l, p_req);
  IF (p.refusal).err IS NOT NULL THEN
    RETURN p;
  END IF;
  i := core.inputs_resolve(l.owner, p_req -> 'inputs');
  p.refusal := core.inputs_refusal(l, p_principal, i.assets, i.names);
  IF (p.refusal).err IS NOT NULL THEN
    RETURN p;
  END IF;

  g := core.limits_grant(coalesce(nullif(p_req -> 'limits', 'null'), '{}'), l.max_limits || i.caps);
  IF cardinality(i.images) > 0 THEN
    v_barred := EXISTS (SELECT FROM unnest(i.images) o WHERE NOT o ? m.name);
  END IF;
  p.refusal := CASE
    WHEN g.why IS NOT NULL THEN core.refuse('VALIDATION_ERROR', g.why)
    WHEN coalesce((p_req ->> 'priority')::int, 0) > greatest(0, l.max_priority)
      THEN core.refuse('VALIDATION_ERROR', format('priority must be at most %s under this lease', greatest(0, l.max_priority)))
    WHEN NOT i.kinds <@ (m.loaders || ARRAY['tar', 'file'])
      THEN core.refuse('VALIDATION_ERROR', format('image %s has no loader for the kinds of these inputs', m.name))
    WHEN v_barred
      THEN core.refuse('POLICY_REJECTION', format('image %s is not among those that the owner allows', m.name))
    WHEN i.gated THEN core.refuse('POLICY_REJECTION', 'the owner wants to approve jobs over this data first')
  END;
  IF (p.refusal).err IS NOT NULL THEN
    RETURN p;
  END IF;

  p.serial := l.serial;
  p.owner := l.owner;
  p.seen_at := l.updated_at;
  p.counted := l.max_runs IS NOT NULL;
  p.image := m.name;
  p.digest := m.digest;
  p.assets := i.assets;
  p.versions := i.versions;
  p.variables := i.variables;
  p.hold := i.hold;
  p.spec := jsonb_build_object('image', m.name, 'image_digest', m.digest, 'inputs', i.inputs,
      'outputs', coalesce(nullif(p_req -> 'outputs', 'null'), '[]'), 'limits', g.granted,
      'isolation', CASE WHEN i.fresh THEN 'job' ELSE 'zygote' END);
  RETURN p;
END $$;
