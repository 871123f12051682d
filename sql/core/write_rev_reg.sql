-- write_rev_reg: a registry, its first list, and its tails, a file of this outcome.
-- It is the active one of its definition when there is no other, else it is ready.
CREATE FUNCTION core.write_rev_reg(j core.cred_job, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  d core.cred_def;
  g core.rev_reg;
BEGIN
  SELECT x.* INTO d FROM core.cred_def x WHERE x.tenant = j.tenant AND x.id = w ->> 'cred_def_id' FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM core.job_clash();
  END IF;
  INSERT INTO core.rev_reg (tenant, id, definition, n, tag, max_cred_num, issuance, state, accumulator, bitmap, object, tails, sealed_gamma)
  SELECT j.tenant, w ->> 'id', d.serial, coalesce(max(x.n), 0) + 1, w ->> 'tag', (w ->> 'max_cred_num')::int, w ->> 'issuance',
         CASE WHEN bool_or(x.state = 'active') THEN 'ready' ELSE 'active' END, w ->> 'accumulator', decode(w ->> 'bitmap', 'base64'), w -> 'object',
         decode(w ->> 'tails_sha256', 'hex'), decode(w ->> 'sealed_gamma', 'base64')
    FROM core.rev_reg x WHERE x.definition = d.serial
  RETURNING * INTO g;
  PERFORM core.rev_list_add(g, (w ->> 'timestamp')::bigint);
  PERFORM core.cred_blob_put(j.tenant, g.tails, 'tails', NULL, g.object #>> '{value,tailsHash}');
  PERFORM core.event_add(core.actor_name(j.principal), 'registry.created', g.id, jsonb_build_object('n', g.n, 'size', g.max_cred_num));
END $$;
