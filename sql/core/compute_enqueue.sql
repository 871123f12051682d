-- compute_enqueue(plans, principals, requests, shapes, scripts, actors): the rows of
-- admitted computations, all in one statement; shapes are their places in plans.
-- Their runs are held already.  The audit has one line for the calls of one principal
-- under one lease, which names them all.  A script of no bytes is fetched first
-- (core.job_fetches), under its CID, which names it as well as its digest would.  Returns their public names.
CREATE FUNCTION core.compute_enqueue(p_plans core.compute_plan[], p_ids int[], p_reqs jsonb[], p_shapes int[],
  p_scripts bytea[], p_actors text[])
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  v_now constant timestamptz := clock_timestamp();
  v_least constant uuid := core.uuid7_least(v_now - interval '1 hour');
  v_most constant uuid := core.uuid7_least(v_now + interval '1 hour');
  v_comps text[];
BEGIN
  PERFORM core.scripts_use(p_ids, p_scripts, p_reqs);
  WITH call AS MATERIALIZED (
    SELECT u.n, u.principal, u.r, u.script, u.actor, u.script = '' AS far, (p_plans[u.shape]).*,
           CASE WHEN (u.r ->> 'job_id')::uuid BETWEEN v_least AND v_most THEN (u.r ->> 'job_id')::uuid ELSE core.uuid7() END AS job,
           (u.r ->> 'public_id')::uuid AS public_id, coalesce(u.r ->> 'comp', core.comp_id((u.r ->> 'public_id')::uuid)) AS comp,
           coalesce((u.r ->> 'priority')::int, 0) AS priority, coalesce(nullif(u.r -> 'params', 'null'), '{}') AS params
      FROM unnest(p_ids, p_reqs, p_shapes, p_scripts, p_actors) WITH ORDINALITY u (principal, r, shape, script, actor, n)),
  job AS (
    INSERT INTO core.job (id, principal, kind, lane, priority, max_attempts, timeout_ms, expires_at, created_at, shared, spec, request_hash)
    SELECT c.job, c.principal, k.id, k.lane, c.priority, k.max_attempts, (c.spec #>> '{limits,wall_s}')::bigint * 1000,
           v_now + coalesce((c.r ->> 'queue_ttl_s')::int, 86400) * interval '1 s', v_now,
           c.spec, jsonb_build_object(CASE WHEN c.far THEN 'cid' ELSE 'script_sha256' END, CASE WHEN c.far THEN c.r #>> '{script,cid}' ELSE encode(c.script, 'hex') END,
             'params', c.params, 'public_id', c.comp),
           sha256(c.hash || CASE WHEN c.far THEN convert_to(c.r #>> '{script,cid}', 'UTF8') ELSE c.script END || convert_to(c.params::text, 'UTF8'))
      FROM call c, core.kind k WHERE k.id = 1),
  ready AS (
    INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms)
    SELECT s.current, k.lane, 1, c.principal, core.rank_at(v_now, c.priority), c.job, k.id,
           CASE WHEN c.far THEN k.timeout_ms ELSE (c.spec #>> '{limits,wall_s}')::bigint * 1000 END
      FROM call c, core.kind k, core.segment s WHERE k.id = CASE WHEN c.far THEN 11 ELSE 1 END),
  computation AS (
    INSERT INTO core.computation (job_id, public_id, principal, owner, serial, script_sha256, image, image_digest, label,
                                  variables, assets, versions, run_held, hold, reveal, updated_at)
    SELECT c.job, c.public_id, c.principal, c.owner, c.serial, nullif(c.script, ''), c.image, c.digest, c.r ->> 'label',
           c.variables, c.assets, c.versions, c.counted, c.hold, NOT c.hold, v_now
      FROM call c),
  phase AS (
    INSERT INTO core.phase (job_id, seq, principal, status, phase, attempt, at)
    SELECT c.job, 1, c.principal, 'pending', CASE WHEN c.far THEN 'fetching' ELSE 'queued' END, 0, v_now FROM call c),
  event AS (
    INSERT INTO core.event (actor, verb, object, detail)
    SELECT c.actor, 'job.submitted', c.r ->> 'lease_id', jsonb_build_object('jobs', jsonb_agg(c.comp ORDER BY c.n))
      FROM call c GROUP BY 1, 3 ORDER BY 1, 3),
  idem AS (
    INSERT INTO core.idem (principal, route, key, digest, job_id, status, body)
    SELECT c.principal, 'compute_submit', c.r ->> 'idem_key', decode(c.r ->> 'idem_digest', 'hex'), c.job, 202,
           jsonb_build_object('computation_id', c.comp)
      FROM call c WHERE c.r ->> 'idem_key' IS NOT NULL)
  SELECT array_agg(c.comp ORDER BY c.n) INTO v_comps FROM call c;
  RETURN v_comps;
END $$;
