-- compute_enqueue(caller, plan, request, its name): the rows of one admitted
-- computation.
-- Returns the job's id.  A run is held here when the lease counts them.
CREATE FUNCTION core.compute_enqueue(c core.caller, p core.compute_plan, p_req jsonb, p_comp text)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  v_public uuid := (p_req ->> 'public_id')::uuid;
  v_job uuid;
BEGIN
  PERFORM core.script_keep(c.id, p.script, '', decode(p_req #>> '{script,data_b64}', 'base64'));
  v_job := core.enqueue(1::smallint, c.id, p.spec || jsonb_build_object('public_id', p_comp),
      (p_req ->> 'job_id')::uuid,
      p_priority => coalesce((p_req ->> 'priority')::int, 0),
      p_timeout_ms => (p.spec #>> '{limits,wall_s}')::bigint * 1000,
      p_expires_at => clock_timestamp() + coalesce((p_req ->> 'queue_ttl_s')::int, 86400) * interval '1 s',
      p_request_hash => sha256(convert_to((p.spec || jsonb_build_object('assets', p.assets, 'versions', p.versions))::text, 'UTF8')));
  INSERT INTO core.computation (job_id, public_id, principal, serial, script_sha256, image, image_digest, label,
                                run_held, hold, reveal)
  VALUES (v_job, v_public, c.id, p.serial, p.script, p.image, p.digest, p_req ->> 'label', p.counted, p.hold, NOT p.hold);
  INSERT INTO core.job_input (job_id, variable, asset, version)
  SELECT v_job, u.variable, u.asset, u.version FROM unnest(p.variables, p.assets, p.versions) u (variable, asset, version);
  INSERT INTO core.job_owner (job_id, owner) VALUES (v_job, p.owner);
  PERFORM core.event_add(c.public_id, 'job.submitted', p_comp, jsonb_build_object('lease', p_req ->> 'lease_id'));
  RETURN v_job;
END $$;
