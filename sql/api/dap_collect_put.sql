-- dap_collect_put(auth, {task_id, profile, collection_id, digest, request_b64, mode, current, batch_id,
-- start, duration}): a collector asks for a batch.  The same again is the same collection;
-- its batch belongs to it from now on, and closes when it has the minimum.
CREATE FUNCTION api.dap_collect_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  f core.agg_found := core.agg_find(p_auth, p_req, 'leader', 'collector');
  t core.agg_task := f.t;
  v_digest constant bytea := decode(p_req ->> 'digest', 'hex');
  v_id uuid := core.id16(p_req ->> 'collection_id');
  c core.agg_collection;
  q record;
BEGIN
  IF (f.refusal).err IS NOT NULL THEN
    RETURN f.refusal;
  END IF;
  PERFORM core.agg_alone(t.task_no);
  c := core.agg_collection_find(t, v_id, v_digest);
  IF c.digest <> v_digest OR c.removed AND v_id IS NOT NULL THEN
    RETURN core.refuse('conflict', 'there is another collection of this id');
  ELSIF c.collection_no IS NULL OR c.removed THEN
    q := core.agg_collect_admit(t, p_req);
    IF (q.refusal).err IS NOT NULL THEN
      RETURN q.refusal;
    END IF;
    c.generation := coalesce(c.generation + 1, 0);
    INSERT INTO core.agg_collection (task_no, collection_id, digest, generation, request, batch_id, first, past, current, same_as)
    VALUES (t.task_no, coalesce(v_id, core.dap_id(t.task_id, v_digest, c.generation)), v_digest, c.generation, decode(p_req ->> 'request_b64', 'base64'), q.batch, q.first, q.past,
            coalesce((p_req ->> 'current')::boolean, false), q.same_as) RETURNING * INTO c;
    IF c.same_as IS NULL THEN
      PERFORM core.agg_bind(c);
      UPDATE core.agg_collection x SET queue_id = core.enqueue(202::smallint, 0, jsonb_build_object('task_no', t.task_no, 'collection', c.collection_no))
       WHERE x.collection_no = c.collection_no RETURNING x.* INTO c;
    END IF;
    RETURN core.agg_ringing(core.ok(201, NULL, jsonb_build_object('collection_id', core.id16_text(c.collection_id))), 202);
  END IF;
  RETURN core.ok(201, NULL, jsonb_build_object('collection_id', core.id16_text(c.collection_id)));
END $$;
