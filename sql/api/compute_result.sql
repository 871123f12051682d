-- compute_result(auths, requests {id, artifacts, look}): the state of computations
-- and, once released, their results or how to stream them; one answer for each call,
-- in their order.  A consumer sees all of its own, the owner of an input what it
-- may decide on, operators and auditors the state.  The ETag covers all but the
-- estimates.  Final states come from core.reading while nothing that they tell
-- of has changed; nothing durable is written, so the commit waits for no flush
-- (which the pruning of a page that was read would else make it do).
-- look "state": whoever asks waits for the end: while that has not come there may
-- be neither body nor ETag, which saves making them.
-- The rate is taken last: this transaction holds the principals' rows for the
-- length of that statement.
CREATE FUNCTION api.compute_result(p_auths jsonb[], p_reqs jsonb[])
RETURNS SETOF core.read_answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  c core.caller[] := core.callers_known(p_auths, false);
  v_settings constant text := core.reading_settings();
  v_answers core.read_answer[];
  v_rest int[];                 -- calls whose answers must be made
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT array_agg(x.a ORDER BY x.n), array_agg(x.n ORDER BY x.n) FILTER (WHERE (x.refusal).err IS NULL AND (x.a).status IS NULL)
    INTO v_answers, v_rest
    FROM (SELECT y.n, y.refusal, CASE
                   WHEN (y.refusal).err IS NOT NULL THEN NULL
                   WHEN k.body IS NOT NULL THEN ROW(NULL, NULL, NULL, 200, k.body, k.etag, NULL, NULL, NULL)::core.read_answer
                   WHEN m.job_id IS NOT NULL AND m.finished_at IS NULL AND p_reqs[y.n] ->> 'look' = 'state'
                     THEN ROW(NULL, NULL, NULL, 200, NULL, NULL, m.job_id, NULL, NULL)::core.read_answer END AS a
            FROM unnest(c) WITH ORDINALITY y (id, public_id, roles, token, room, rate, refusal, n)
            LEFT JOIN core.computation m ON m.public_id = (p_reqs[y.n] ->> 'id')::uuid AND m.principal = y.id
            LEFT JOIN core.reading k ON k.job_id = m.job_id AND k.seen_at = m.updated_at AND k.made_by = v_settings
                                    AND coalesce(p_reqs[y.n] ->> 'artifacts', 'inline') = 'inline') x;
  IF v_rest IS NOT NULL THEN
    v_answers := core.read_rest(c, p_reqs, v_rest, v_settings, v_answers);
  END IF;
  c := core.rates_take(p_auths, c);
  RETURN QUERY
    SELECT coalesce((x.refusal).err, x.err), coalesce((x.refusal).msg, x.msg), coalesce((x.refusal).retry_ms, x.retry_ms),
           CASE WHEN (x.refusal).err IS NULL THEN x.status END, CASE WHEN (x.refusal).err IS NULL THEN x.body END,
           CASE WHEN (x.refusal).err IS NULL THEN x.etag END, CASE WHEN (x.refusal).err IS NULL THEN x.wait_id END, x.rate,
           CASE WHEN (x.refusal).err IS NULL THEN x.extra END
      FROM ROWS FROM (unnest(c), unnest(v_answers))
           x (id, public_id, roles, token, room, rate, refusal, err, msg, retry_ms, status, body, etag, wait_id, was, extra);
END $$;
