-- compute_result(auths, requests {id, artifacts}): the state of computations and,
-- once released, their results or how to stream them; one answer for each call,
-- in their order.  A consumer sees all of its own, the owner of an input what it
-- may decide on, operators and auditors the state.  The ETag covers all but the
-- estimates.  Final states come from core.reading while nothing that they tell
-- of has changed; nothing durable is written, so the commit waits for no flush
-- (which the pruning of a page that was read would else make it do).
CREATE FUNCTION api.compute_result(p_auths jsonb[], p_reqs jsonb[])
RETURNS SETOF core.read_answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  v_callers constant core.caller[] := core.callers(p_auths);
  v_settings constant text := core.reading_settings();
  v_keep core.reading[] := '{}';
  v_asked text[] := '{}';               -- what was made in this call, for those who wait for the same
  v_made core.read_answer[] := '{}';
  v_same int;
  u record;
  r record;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  FOR u IN
    SELECT x.n, k.body, k.etag, x.rate, x.refusal, concat_ws(' ', x.id, x.public_id, x.artifacts) AS asks
      FROM (SELECT y.n, y.id, y.rate, y.refusal, coalesce(p_reqs[y.n] ->> 'artifacts', 'inline') AS artifacts, (p_reqs[y.n] ->> 'id')::uuid AS public_id
              FROM unnest(v_callers) WITH ORDINALITY y (id, public_id, roles, token, room, rate, refusal, n)) x
      LEFT JOIN core.computation m ON m.public_id = x.public_id AND m.principal = x.id AND x.artifacts = 'inline'
      LEFT JOIN core.reading k ON k.job_id = m.job_id AND k.seen_at = m.updated_at AND k.made_by = v_settings
     ORDER BY x.n
  LOOP
    IF (u.refusal).err IS NOT NULL THEN
      RETURN NEXT ROW((u.refusal).err, (u.refusal).msg, (u.refusal).retry_ms, NULL, NULL, NULL, NULL, u.rate, NULL)::core.read_answer;
    ELSIF u.body IS NOT NULL THEN
      RETURN NEXT ROW(NULL, NULL, NULL, 200, u.body, u.etag, NULL, u.rate, NULL)::core.read_answer;
    ELSE
      v_same := array_position(v_asked, u.asks);
      IF v_same IS NULL THEN
        r := core.compute_read(v_callers[u.n], p_reqs[u.n]);
        v_asked := v_asked || u.asks;
        v_made := v_made || r.a;
        v_same := cardinality(v_asked);
        IF r.seen_at IS NOT NULL THEN
          v_keep := v_keep || ROW(r.job_id, r.seen_at, v_settings, (r.a).body, (r.a).etag)::core.reading;
        END IF;
      END IF;
      v_made[v_same].rate := u.rate;
      RETURN NEXT v_made[v_same];
    END IF;
  END LOOP;
  IF v_keep <> '{}' THEN
    PERFORM core.reading_keep(v_keep);
  END IF;
END $$;
