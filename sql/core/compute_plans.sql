-- compute_plans(principals, requests): what all submits of one shape (lease, spender,
-- inputs, image, limits, outputs, priority) are checked for: fields that tables
-- must judge, then the lease, entitlement and the caps that lease, owner and image
-- set.  An asset_id that names no live asset of the lease's owner is NULL in assets:
-- core.inputs_refusal refuses it.  A plan's hash names what was judged, with the
-- very assets and versions.  Writes nothing.
CREATE FUNCTION core.compute_plans(p_ids int[], p_reqs jsonb[])
RETURNS core.compute_plan[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_image constant text := (SELECT d.value #>> '{}' FROM core.setting d WHERE d.name = 'default_image');
  v_now constant timestamptz := clock_timestamp();
  v_plans core.compute_plan[] := '{}';
  v_asked jsonb;              -- the next shape often asks the same
  v_caps jsonb[];
  v_granted jsonb;
  v_why text;
  v_refusal core.answer;
  r record;
BEGIN
  FOR r IN
    SELECT s.n, s.req, l AS lease, l.max_limits || i.caps AS all_caps, coalesce(nullif(s.req -> 'limits', 'null'), '{}') AS asked,
           coalesce(nullif(s.req -> 'outputs', 'null'), '[]') AS outputs, coalesce((s.req ->> 'priority')::int, 0) AS priority,
           greatest(0, l.max_priority) AS max_priority, m.name AS image, m.digest, m.loaders || '{tar,file}'::text[] AS loaders,
           i.*, CASE WHEN i.fresh THEN 'job' ELSE 'zygote' END AS isolation, t.code
      FROM unnest(p_ids, p_reqs) WITH ORDINALITY s (id, req, n)
      LEFT JOIN core.image m ON m.allowed AND m.name = coalesce(s.req ->> 'image', v_image)
      LEFT JOIN core.data_lease l ON l.lease_id = s.req ->> 'lease_id' AND l.consumer + 0 = s.id   -- never by consumer, who may have thousands
     CROSS JOIN LATERAL (
       SELECT array_agg(x.id) AS assets, array_agg(x.version) AS versions, array_agg(x.variable) AS variables, array_agg(x.name) AS names,
              array_agg(x.kind) FILTER (WHERE x.kind IS NOT NULL) AS kinds,
              jsonb_agg(jsonb_build_object('variable', x.variable, 'asset_id', x.asset_id, 'kind', x.kind,
                  'sha256', encode(x.sha256, 'hex'), 'size', x.size, 'store', x.store, 'columns', x.columns)) AS inputs,
              coalesce(bool_or(x.release_mode <> 'auto'), false) AS hold,
              coalesce(bool_or(x.approval_mode <> 'auto'), false) AS gated,
              coalesce(bool_or(x.policy ->> 'isolation' = 'job'), false) AS fresh,
              coalesce(array_agg(x.policy -> 'limits') FILTER (WHERE x.policy ? 'limits'), '{}') AS caps,
              coalesce(bool_or(NOT x.policy -> 'images' ? m.name), false) AS barred
         FROM (
           SELECT e.i ->> 'variable_name' AS variable, e.i ->> 'asset_id' AS name, a.id, a.version, a.asset_id, a.policy,
                  a.release_mode, a.approval_mode, v.kind, v.sha256, v.size, v.columns, b.store
             FROM jsonb_array_elements(CASE WHEN jsonb_typeof(s.req -> 'inputs') = 'array' THEN s.req -> 'inputs' END) WITH ORDINALITY e (i, k)
             LEFT JOIN core.asset a ON a.owner = l.owner AND a.asset_id = e.i ->> 'asset_id' AND a.removed_at IS NULL
             LEFT JOIN core.asset_version v ON v.asset = a.id AND v.version = a.version
             LEFT JOIN core.blob b ON b.sha256 = v.sha256
            ORDER BY e.k) x) i
      LEFT JOIN LATERAL core.entitlement(l.serial, s.id, i.assets, false, v_now) t ON true
     ORDER BY s.n
  LOOP
    v_refusal := core.compute_barrier(r.req, r.lease, r.image, r.assets, r.names, r.code);
    IF v_refusal.err IS NULL THEN
      IF v_asked IS DISTINCT FROM r.asked OR v_caps <> r.all_caps THEN
        v_asked := r.asked;
        v_caps := r.all_caps;
        SELECT g.granted, g.why INTO v_granted, v_why FROM core.limits_grant(v_asked, v_caps) g;
      END IF;
      v_refusal := CASE
        WHEN v_why IS NOT NULL THEN core.refuse('VALIDATION_ERROR', v_why)
        WHEN r.priority > r.max_priority
          THEN core.refuse('VALIDATION_ERROR', format('priority must be at most %s under this lease', r.max_priority))
        WHEN NOT r.kinds <@ r.loaders
          THEN core.refuse('VALIDATION_ERROR', format('image %s has no loader for the kinds of these inputs', r.image))
        WHEN r.barred
          THEN core.refuse('POLICY_REJECTION', format('image %s is not among those that the owner allows', r.image))
        WHEN r.gated THEN core.refuse('POLICY_REJECTION', 'the owner wants to approve jobs over this data first')
      END;
    END IF;
    v_plans[r.n] := CASE
      WHEN v_refusal.err IS NOT NULL
        THEN ROW(v_refusal, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::core.compute_plan
      ELSE ROW(NULL, (r.lease).serial, (r.lease).owner, (r.lease).updated_at, (r.lease).max_runs IS NOT NULL, r.image, r.digest,
               r.assets, r.versions, r.variables, r.hold,
               jsonb_build_object('image', r.image, 'image_digest', r.digest, 'inputs', r.inputs, 'outputs', r.outputs,
                 'limits', v_granted, 'isolation', r.isolation),
               sha256(convert_to(concat_ws(' ', r.digest, r.assets, r.versions, r.variables, r.outputs, v_granted, r.isolation), 'UTF8')))::core.compute_plan
    END;
  END LOOP;
  RETURN v_plans;
END $$;
