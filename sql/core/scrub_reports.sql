-- scrub_reports(): reports of tasks that are over and stopped go, by one pass over all reports for as many such tasks as
-- there are when it begins; 0: there is none.  A call takes a few blocks at a time for some 200 ms, and the next goes on behind them,
-- so what it costs depends on no number of rows.  No such task gets a row meanwhile, in blocks that are passed either.
CREATE FUNCTION core.scrub_reports() RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off AS $$
DECLARE
  v_until constant timestamptz := clock_timestamp() + interval '200 ms';
  v_blocks constant int := 64;          -- some 6,000 settled reports
  p core.agg_pass;
  v_part text;
BEGIN
  SELECT x.* INTO p FROM core.agg_pass x FOR UPDATE;
  IF p.tasks = '{}' THEN
    p := ROW(true, ARRAY(SELECT t.task_no FROM core.agg_task t WHERE t.over = 'stopped'), 0, 0);
  END IF;
  IF p.tasks = '{}' THEN
    RETURN 0;
  END IF;
  WHILE p.part < 8 AND clock_timestamp() < v_until LOOP
    v_part := 'agg_report_' || p.part;
    IF p.block * current_setting('block_size')::bigint < pg_relation_size(format('core.%I', v_part)) THEN
      EXECUTE format('DELETE FROM core.%I r WHERE r.ctid >= $1 AND r.ctid < $2 AND r.task_no = ANY ($3)', v_part)
        USING format('(%s,0)', p.block)::tid, format('(%s,0)', p.block + v_blocks)::tid, p.tasks;
      p.block := p.block + v_blocks;
    ELSE
      p.part := p.part + 1;
      p.block := 0;
    END IF;
  END LOOP;
  IF p.part = 8 THEN
    UPDATE core.agg_task t SET over = 'emptied' WHERE t.task_no = ANY (p.tasks);
    p := ROW(true, '{}'::int[], 0, 0);
  END IF;
  UPDATE core.agg_pass x SET tasks = p.tasks, part = p.part, block = p.block;
  RETURN 1;
END $$;
