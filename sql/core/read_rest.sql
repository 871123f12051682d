-- read_rest(callers, requests, places, settings, answers): the answers of
-- api.compute_result that are made now: for the calls at these places, those that
-- ask the same once.  What will not change is kept.
CREATE FUNCTION core.read_rest(c core.caller[], p_reqs jsonb[], p_places int[], p_settings text, INOUT a core.read_answer[])
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_first int[];              -- of calls that ask the same the first
  v_other int[];              -- each other one, and the first of its like
  v_like int[];
  v_keep core.reading[] := '{}';
  r record;
BEGIN
  SELECT array_agg(x.n ORDER BY x.n) FILTER (WHERE x.n = x.first),
         coalesce(array_agg(x.n ORDER BY x.n) FILTER (WHERE x.n > x.first), '{}'), array_agg(x.first ORDER BY x.n) FILTER (WHERE x.n > x.first)
    INTO v_first, v_other, v_like
    FROM (SELECT p.n, min(p.n) OVER (PARTITION BY (c[p.n]).id, p_reqs[p.n] ->> 'id', p_reqs[p.n] ->> 'artifacts') AS first
            FROM unnest(p_places) p (n)) x;
  FOR r IN
    SELECT o.* FROM core.compute_open(ARRAY(SELECT (c[i]).id FROM unnest(v_first) i), ARRAY(SELECT (p_reqs[i] ->> 'id')::uuid FROM unnest(v_first) i),
        ARRAY(SELECT coalesce(p_reqs[i] ->> 'artifacts', 'inline') FROM unnest(v_first) i)) o
  LOOP
    a[v_first[r.n]] := ROW(NULL, NULL, NULL, 200, r.body, r.etag, r.job_id, NULL, NULL);
  END LOOP;
  FOR k IN 1 .. cardinality(v_first) LOOP
    CONTINUE WHEN (a[v_first[k]]).status IS NOT NULL;
    r := core.compute_read(c[v_first[k]], p_reqs[v_first[k]]);
    a[v_first[k]] := r.a;
    IF r.seen_at IS NOT NULL THEN
      v_keep := v_keep || ROW(r.job_id, r.seen_at, p_settings, (r.a).body, (r.a).etag)::core.reading;
    END IF;
  END LOOP;
  FOR k IN 1 .. cardinality(v_other) LOOP
    a[v_other[k]] := a[v_like[k]];
  END LOOP;
  IF v_keep <> '{}' THEN
    PERFORM core.reading_keep(v_keep);
  END IF;
END $$;
