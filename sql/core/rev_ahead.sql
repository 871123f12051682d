-- rev_ahead(definition, registry): the registries that should stand ready after
-- this one are there, or their jobs are: each under the key
-- auto:<definition>:<n>, which makes it one however many ask.  A job that ended
-- without its registry is followed by another.
CREATE FUNCTION core.rev_ahead(d core.cred_def, g core.rev_reg) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  p core.cred_plan;
  v_key text;
  v_job uuid;
BEGIN
  FOR v_n IN g.n + 1 .. g.n + d.ahead LOOP
    CONTINUE WHEN NOT d.auto OR d.wallet IS NULL OR EXISTS (SELECT FROM core.rev_reg x WHERE x.definition = d.serial AND x.n = v_n);
    v_key := format('auto:%s:%s', d.id, v_n);
    v_job := core.uuid7();
    INSERT INTO core.idem AS i (principal, route, key, digest, job_id, status, body)
    VALUES (d.owner, 'cred_auto', v_key, '', v_job, 202, jsonb_build_object('job_id', v_job))
    ON CONFLICT (principal, route, key) DO UPDATE SET job_id = excluded.job_id, body = excluded.body
      WHERE NOT EXISTS (SELECT FROM core.cred_job q WHERE q.job_id = i.job_id AND q.finished_at IS NULL);
    CONTINUE WHEN NOT FOUND;
    p := (SELECT ROW(NULL, k.id, k.name, k.max_attempts, k.timeout_ms, k.lane, w.serial, w.name)::core.cred_plan
            FROM core.kind k, core.wallet w WHERE k.name = 'issuer.create_rev_reg' AND w.serial = d.wallet);
    p := core.cred_lane(p, false);
    PERFORM core.cred_enqueue(d.owner, d.tenant, p, jsonb_build_object('job_id', v_job, 'args', jsonb_strip_nulls(jsonb_build_object(
      'wallet', p.wallet_name, 'cred_def_id', d.id, 'tag', format('auto-%s', v_n), 'max_cred_num', g.max_cred_num, 'issuance', g.issuance,
      'tails_location', CASE WHEN strpos(g.object #>> '{value,tailsLocation}', g.object #>> '{value,tailsHash}') = 0 THEN g.object #>> '{value,tailsLocation}' END))));
    PERFORM core.ring(p.lane);
  END LOOP;
END $$;
