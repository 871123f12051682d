-- dap_collect_remove(auth, {task_id, profile, collection_id}): a collector wants it no more.  Its
-- answer goes, when nobody else waits for the same; a batch that the helper was not asked for yet is
-- open again, another is collected for good.  Locks: the run's lease, then the task.
CREATE FUNCTION api.dap_collect_remove(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  f constant core.agg_found := core.agg_find(p_auth, p_req, 'leader', 'collector');
  c core.agg_collection;
  v_last boolean;
BEGIN
  IF (f.refusal).err IS NOT NULL THEN
    RETURN f.refusal;
  END IF;
  c := core.agg_collection_find(f.t, core.id16(p_req ->> 'collection_id'), NULL);
  IF c.collection_no IS NULL THEN
    RETURN core.refuse('NOT_FOUND', 'no such collection');
  END IF;
  IF NOT core.agg_shared(c) THEN
    PERFORM core.job_final(x.queue_id, 'cancelled', 'CANCELLED') FROM core.agg_collection x WHERE x.collection_no = coalesce(c.same_as, c.collection_no);
  END IF;
  PERFORM core.agg_alone(c.task_no);
  UPDATE core.agg_collection x SET removed = true WHERE x.collection_no = c.collection_no;
  v_last := NOT core.agg_shared(c);
  PERFORM core.agg_collection_stop(x) FROM core.agg_collection x
   WHERE x.collection_no = c.collection_no AND (v_last OR c.same_as IS NOT NULL) OR x.collection_no = c.same_as AND v_last;
  RETURN core.ok(204);
END $$;
