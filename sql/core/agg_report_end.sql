-- agg_report_end(task, ids, reason): these reports are done, or failed for a reason: their bytes go.
CREATE FUNCTION core.agg_report_end(p_task int, p_ids uuid[], p_reason text) RETURNS void LANGUAGE plpgsql VOLATILE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = on AS $$
BEGIN
  UPDATE core.agg_report r SET state = CASE WHEN p_reason IS NULL THEN 'd' ELSE 'f' END::"char", reason = p_reason, bytes = NULL, segment = NULL, at = NULL, length = NULL
   WHERE r.task_no = p_task AND r.report_id = ANY (p_ids);
END $$;
