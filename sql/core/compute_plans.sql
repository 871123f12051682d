-- compute_plans(principals, requests): what all submits of one shape (lease, spender,
-- inputs, image, limits, outputs, priority) are checked for: fields that tables
-- must judge, then the lease, entitlement and the caps that lease, owner and image
-- set.  An asset_id that names no live asset of the lease's owner is NULL in assets:
-- core.inputs_refusal refuses it.  Writes nothing.
CREATE FUNCTION core.compute_plans(p_ids int[], p_reqs jsonb[])
RETURNS core.compute_plan[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_image constant text := (SELECT d.value #>> '{}' FROM core.setting d WHERE d.name = 'default_image');
  v_now constant timestamptz := clock_timestamp();
  v_plans core.compute_plan[] := '{}';
  v_asked jsonb;              -- of g: the next shape often asks the same
  v_caps jsonb[];
  p core.compute_plan;
  r record;
  g record;
BEGIN
  FOR r IN
    SELECT s.n, s.id, s.req, l AS lease, m.name AS image, m.digest, m.loaders, i.*, t.code
      FROM unnest(p_ids, p_reqs) WITH ORDINALITY s (id, req, n)
      LEFT JOIN core.image m ON m.allowed AND m.name = coalesce(s.req ->> 'image', v_image)
      LEFT JOIN core.data_lease l ON l.lease_id = s.req ->> 'lease_id' AND l.consumer = s.id
     CROSS JOIN LATERAL (
       SELECT array_agg(a.id ORDER BY e.k) AS assets, array_agg(a.version ORDER BY e.k) AS versions,
              array_agg(e.i ->> 'variable_name' ORDER BY e.k) AS variables, array_agg(e.i ->> 'asset_id' ORDER BY e.k) AS names,
              array_agg(v.kind) FILTER (WHERE v.kind IS NOT NULL) AS kinds,
              jsonb_agg(jsonb_build_object('variable', e.i ->> 'variable_name', 'asset_id', a.asset_id, 'kind', v.kind,
                  'sha256', encode(v.sha256, 'hex'), 'size', v.size, 'store', b.store, 'columns', v.columns) ORDER BY e.k) AS inputs,
              coalesce(bool_or(a.release_mode <> 'auto'), false) AS hold,
              coalesce(bool_or(a.approval_mode <> 'auto'), false) AS gated,
              coalesce(bool_or(a.policy ->> 'isolation' = 'job'), false) AS fresh,
              coalesce(array_agg(a.policy -> 'limits') FILTER (WHERE a.policy ? 'limits'), '{}') AS caps,
              coalesce(bool_or(NOT a.policy -> 'images' ? m.name), false) AS barred
         FROM jsonb_array_elements(CASE WHEN jsonb_typeof(s.req -> 'inputs') = 'array' THEN s.req -> 'inputs' END) WITH ORDINALITY e (i, k)
         LEFT JOIN core.asset a ON a.owner = l.owner AND a.asset_id = e.i ->> 'asset_id' AND a.removed_at IS NULL
         LEFT JOIN core.asset_version v ON v.asset = a.id AND v.version = a.version
         LEFT JOIN core.blob b ON b.sha256 = v.sha256) i
      LEFT JOIN LATERAL core.entitlement(l.serial, s.id, i.assets, false, v_now) t ON true
     ORDER BY s.n
  LOOP
    p := NULL;
    p.refusal := core.compute_barrier(r.req, r.lease, r.image, r.assets, r.names, r.code);
    IF (p.refusal).err IS NULL THEN
      IF v_asked IS DISTINCT FROM coalesce(nullif(r.req -> 'limits', 'null'), '{}') OR v_caps <> (r.lease).max_limits || r.caps THEN
        v_asked := coalesce(nullif(r.req -> 'limits', 'null'), '{}');
        v_caps := (r.lease).max_limits || r.caps;
        g := core.limits_grant(v_asked, v_caps);
      END IF;
      p.refusal := CASE
        WHEN g.why IS NOT NULL THEN core.refuse('VALIDATION_ERROR', g.why)
        WHEN coalesce((r.req ->> 'priority')::int, 0) > greatest(0, (r.lease).max_priority)
          THEN core.refuse('VALIDATION_ERROR', format('priority must be at most %s under this lease', greatest(0, (r.lease).max_priority)))
        WHEN NOT r.kinds <@ (r.loaders || ARRAY['tar', 'file'])
          THEN core.refuse('VALIDATION_ERROR', format('image %s has no loader for the kinds of these inputs', r.image))
        WHEN r.barred
          THEN core.refuse('POLICY_REJECTION', format('image %s is not among those that the owner allows', r.image))
        WHEN r.gated THEN core.refuse('POLICY_REJECTION', 'the owner wants to approve jobs over this data first')
      END;
    END IF;
    IF (p.refusal).err IS NULL THEN
      p := core.compute_planned(r.lease, r.image, r.digest, r.assets, r.versions, r.variables, r.hold, jsonb_build_object(
          'image', r.image, 'image_digest', r.digest, 'inputs', r.inputs,
          'outputs', coalesce(nullif(r.req -> 'outputs', 'null'), '[]'), 'limits', g.granted,
          'isolation', CASE WHEN r.fresh THEN 'job' ELSE 'zygote' END));
    END IF;
    v_plans[r.n] := p;
  END LOOP;
  RETURN v_plans;
END $$;
