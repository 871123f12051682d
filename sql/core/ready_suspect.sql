-- ready_suspect(segment, rows, alone): what of the jobs that a claim has locked
-- it may take, when there are suspects (their worker died) among them: suspects
-- run in a batch without others.  alone: the batch is empty yet, so the first
-- suspect; else all but the suspects.  NULL: none.
--
-- A worker that dies had up to a thousand jobs, and one of them may have killed it.
-- While one more crash is not the end of any of them, suspects are searched in
-- groups of 32; a job that the next crash would quarantine runs by itself.
CREATE FUNCTION core.ready_suspect(p_seg smallint, p_rows tid[], p_alone boolean) RETURNS tid[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_last int := core.setting_int('crash_max') - 1;      -- crashes before the last chance
BEGIN
  RETURN (
    WITH job AS MATERIALIZED (
      SELECT u.k, u.n, r.crashes, count(*) FILTER (WHERE r.crashes > 0) OVER (ORDER BY u.n) AS nth
        FROM unnest(p_rows) WITH ORDINALITY u(k, n)
       CROSS JOIN LATERAL (SELECT r.crashes FROM core.ready r WHERE r.seg = p_seg AND r.ctid = u.k OFFSET 0) r
       WHERE (r.crashes > 0) = p_alone)
    SELECT array_agg(x.k ORDER BY x.n)
      FROM (SELECT j.k, j.n FROM job j
             WHERE NOT p_alone OR j.nth = 1
                OR j.crashes < v_last AND (SELECT s.crashes FROM job s WHERE s.nth = 1) < v_last
             ORDER BY j.n LIMIT CASE WHEN p_alone THEN 32 END) x);
END $$;
