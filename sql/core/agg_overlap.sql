-- agg_overlap(task, first, past): an interval somebody asked for that has time in common with
-- this one.
CREATE FUNCTION core.agg_overlap(p_task int, p_first bigint, p_past bigint) RETURNS core.agg_span LANGUAGE plpgsql STABLE AS $$
DECLARE
  s core.agg_span;
BEGIN
  SELECT x.* INTO s FROM core.agg_span x WHERE x.task_no = p_task AND x.first < p_past AND x.past > p_first ORDER BY x.first DESC LIMIT 1;
  RETURN s;
END $$;
