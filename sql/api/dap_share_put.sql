-- dap_share_put(auth, {task_id, profile, share_id, digest, request_b64, mode, batch_id, start, duration,
-- count, checksum}): a leader asks for our sum of a batch.  An equal request has the stored
-- answer; a refusal is not stored.  From here on the batch takes no reports.
CREATE FUNCTION api.dap_share_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  f core.agg_found := core.agg_find(p_auth, p_req, 'helper', 'leader');
  t core.agg_task := f.t;
  v_digest constant bytea := decode(p_req ->> 'digest', 'hex');
  v_id uuid := core.id16(p_req ->> 'share_id');
  v core.agg_served;
  q record;
BEGIN
  IF (f.refusal).err IS NOT NULL THEN
    RETURN f.refusal;
  END IF;
  PERFORM core.agg_alone(t.task_no);
  v := core.agg_served_find(t, v_id, v_digest);
  IF v.digest <> v_digest THEN
    RETURN core.refuse('conflict', 'there is another request of this id');
  ELSIF v.served_no IS NULL OR v.removed AND v_id IS NULL THEN
    q := core.agg_share_admit(t, p_req);
    IF (q.refusal).err IS NOT NULL THEN
      RETURN q.refusal;
    END IF;
    v.generation := coalesce(v.generation + 1, 0);
    INSERT INTO core.agg_served (task_no, share_id, digest, generation, request, batch_id, first, past, count, checksum, state, share)
    VALUES (t.task_no, coalesce(v_id, core.dap_id(t.task_id, v_digest, v.generation)), v_digest, v.generation, decode(p_req ->> 'request_b64', 'base64'), q.batch, q.first, q.past,
            (p_req ->> 'count')::bigint, core.bits256(decode(p_req ->> 'checksum', 'hex')), CASE WHEN q.share IS NULL THEN 'running' ELSE 'done' END, q.share) RETURNING * INTO v;
    IF v.share IS NULL THEN
      PERFORM core.agg_mark(t.task_no, v.batch_id, v.first, v.past, 'closing');
    END IF;
  END IF;
  RETURN core.agg_served_answer(v, CASE t.profile WHEN '09' THEN 200 ELSE 201 END);
END $$;
