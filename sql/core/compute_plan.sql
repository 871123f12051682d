-- compute_plan(caller, request): everything a submit checks after the caller:
-- fields that tables must judge, then the lease, entitlement and the caps that
-- lease, owner and image set.  Writes nothing.
CREATE FUNCTION core.compute_plan(c core.caller, p_req jsonb)
RETURNS core.compute_plan LANGUAGE plpgsql STABLE AS $$
DECLARE
  p core.compute_plan;
  l core.data_lease;
  s record;
  i record;
  g record;
  m core.image;
  v_why text := core.compute_fields(p_req);
BEGIN
  IF v_why IS NULL THEN
    s := core.script_resolve(c.id, p_req);
    p.script := s.sha256;
    v_why := s.why;
  END IF;
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

  SELECT * INTO l FROM core.data_lease x WHERE x.lease_id = p_req ->> 'lease_id' AND x.consumer = c.id;
  p.refusal := core.lease_refusal(l, p_req);
  IF (p.refusal).err IS NOT NULL THEN
    RETURN p;
  END IF;
  i := core.inputs_resolve(l.owner, p_req -> 'inputs');
  p.refusal := core.inputs_refusal(l, c.id, i.assets, i.names);
  IF (p.refusal).err IS NOT NULL THEN
    RETURN p;
  END IF;

  g := core.limits_grant(coalesce(nullif(p_req -> 'limits', 'null'), '{}'), l.max_limits || i.caps);
  p.refusal := CASE
    WHEN g.why IS NOT NULL THEN core.refuse('VALIDATION_ERROR', g.why)
    WHEN coalesce((p_req ->> 'priority')::int, 0) > greatest(0, l.max_priority)
      THEN core.refuse('VALIDATION_ERROR', format('priority must be at most %s under this lease', greatest(0, l.max_priority)))
    WHEN NOT i.kinds <@ (m.loaders || ARRAY['tar', 'file'])
      THEN core.refuse('VALIDATION_ERROR', format('image %s has no loader for the kinds of these inputs', m.name))
    WHEN EXISTS (SELECT FROM unnest(i.images) o WHERE NOT o ? m.name)
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
  p.spec := jsonb_build_object('image', m.name, 'image_digest', m.digest, 'script_sha256', encode(p.script, 'hex'),
      'inputs', i.inputs, 'params', coalesce(nullif(p_req -> 'params', 'null'), '{}'),
      'outputs', coalesce(nullif(p_req -> 'outputs', 'null'), '[]'), 'limits', g.granted,
      'isolation', CASE WHEN i.fresh THEN 'job' ELSE 'zygote' END);
  RETURN p;
END $$;
