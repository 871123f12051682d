-- ready_suspect(segment, rows, alone): what of the jobs that a claim has locked
-- it may take, when there are suspects (their worker died) among them: a suspect
-- runs in a batch of its own.  alone: the first suspect, if the batch is empty yet;
-- else all but the suspects.  NULL: none.
CREATE FUNCTION core.ready_suspect(p_seg smallint, p_rows tid[], p_alone boolean) RETURNS tid[] LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN (SELECT array_agg(x.k)
            FROM (SELECT u.k FROM unnest(p_rows) WITH ORDINALITY u(k, n)
                   CROSS JOIN LATERAL (SELECT r.crashes FROM core.ready r WHERE r.seg = p_seg AND r.ctid = u.k OFFSET 0) r
                   WHERE (r.crashes > 0) = p_alone
                   ORDER BY u.n LIMIT CASE WHEN p_alone THEN 1 END) x);
END $$;
