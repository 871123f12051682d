-- agg_segments(job): the segments that reports of a leader's job lie in.
CREATE FUNCTION core.agg_segments(j core.agg_job) RETURNS SETOF core.agg_segment LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
    SELECT s.* FROM core.agg_segment s
     WHERE s.serial = ANY (ARRAY(SELECT DISTINCT r.segment FROM unnest(j.reports) u(id) JOIN core.agg_report r ON r.task_no = j.task_no AND r.report_id = u.id
                                  WHERE r.segment IS NOT NULL));
END $$;
