-- agg_sum(task, batch id, first, past): what the parts of a batch add up to, and what is not
-- settled yet: reports that wait and jobs that run.
CREATE FUNCTION core.agg_sum(p_task int, p_batch bytea, p_first bigint, p_past bigint,
    OUT count bigint, OUT checksum bit(256), OUT t_min bigint, OUT t_max bigint, OUT stored bigint, OUT jobs bigint, OUT in_jobs bigint) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  v constant record := core.agg_range(p_batch, p_first, p_past);
BEGIN
  SELECT coalesce(sum(p.count), 0), coalesce(bit_xor(p.checksum), repeat('0', 256)::bit(256)), min(p.t_min), max(p.t_max) INTO count, checksum, t_min, t_max
    FROM core.agg_part p WHERE p.task_no = p_task AND p.bucket >= v.low AND p.bucket < v.high;
  SELECT count(*), coalesce(sum(j.n), 0) INTO jobs, in_jobs
    FROM core.agg_job j WHERE j.task_no = p_task AND j.bucket >= v.low AND j.bucket < v.high AND j.state IN ('new', 'sent');
  SELECT count(*) INTO stored FROM core.agg_stored x WHERE p_batch IS NULL AND x.task_no = p_task AND x.bucket >= p_first AND x.bucket < p_past;
END $$;
