-- agg_segments(job): the segments that reports of a leader's job lie in.
CREATE FUNCTION core.agg_segments(j core.agg_job) RETURNS SETOF core.agg_segment LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = on AS $$
BEGIN
  RETURN QUERY
    SELECT s.* FROM core.agg_segment s
     WHERE s.serial = ANY (ARRAY(SELECT DISTINCT r.segment FROM core.agg_report r WHERE r.task_no = j.task_no AND r.report_id = ANY (j.reports) AND r.segment IS NOT NULL));
END $$;
