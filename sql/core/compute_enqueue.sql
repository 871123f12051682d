-- compute_enqueue(calls): the rows of admitted computations, one statement for
-- each table.  Their runs are held already.  Returns how many there are.
CREATE FUNCTION core.compute_enqueue(p core.compute_call[])
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_jobs core.job[] := '{}';
  v_spec jsonb;
  v_n int;
  u core.compute_call;
BEGIN
  FOREACH u IN ARRAY p LOOP
    v_spec := (u.plan).spec || jsonb_build_object('script_sha256', encode(u.script, 'hex'),
        'params', coalesce(nullif(u.req -> 'params', 'null'), '{}'));
    v_jobs := v_jobs || ROW(u.job, u.principal, 1, NULL, coalesce((u.req ->> 'priority')::int, 0), NULL,
        (v_spec #>> '{limits,wall_s}')::bigint * 1000,
        clock_timestamp() + coalesce((u.req ->> 'queue_ttl_s')::int, 86400) * interval '1 s', NULL,
        v_spec || jsonb_build_object('public_id', u.comp),
        sha256(convert_to((v_spec || jsonb_build_object('assets', (u.plan).assets, 'versions', (u.plan).versions))::text, 'UTF8')),
        NULL, false)::core.job;
  END LOOP;
  v_n := core.scripts_use(p);
  v_n := core.jobs_add(v_jobs);
  INSERT INTO core.computation (job_id, public_id, principal, serial, script_sha256, image, image_digest, label,
                                run_held, hold, reveal)
  SELECT x.job, (x.req ->> 'public_id')::uuid, x.principal, (x.plan).serial, x.script, (x.plan).image, (x.plan).digest,
         x.req ->> 'label', (x.plan).counted, (x.plan).hold, NOT (x.plan).hold
    FROM unnest(p) x;
  INSERT INTO core.job_input (job_id, variable, asset, version)
  SELECT x.job, i.variable, i.asset, i.version
    FROM unnest(p) x CROSS JOIN LATERAL unnest((x.plan).variables, (x.plan).assets, (x.plan).versions) i (variable, asset, version);
  INSERT INTO core.job_owner (job_id, owner) SELECT x.job, (x.plan).owner FROM unnest(p) x;
  INSERT INTO core.event (actor, verb, object, detail)
  SELECT x.actor, 'job.submitted', x.comp, jsonb_build_object('lease', x.req ->> 'lease_id') FROM unnest(p) x;
  RETURN v_n;
END $$;
