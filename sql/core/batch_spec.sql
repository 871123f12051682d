-- batch_spec(spec): is there anything for dap.batch to do?  There is if there is more than can be looked at
-- here, in the transaction of the queue's upkeep.
CREATE FUNCTION core.batch_spec(p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  RETURN CASE WHEN (core.batch_due(200, -1, 0)).task IS NOT NULL THEN p_spec END;
END $$;
