-- compute_page(caller, view, request, before): computations of the caller, as
-- their consumer or as owner of an input, newest first from before on, that match
-- the request; at most limit of them.  next is where to go on, NULL at the end.
-- status and phase are no columns, so rows are read until the page is full, but
-- at most 2,000: a page may be short and still have a next.
CREATE FUNCTION core.compute_page(c core.caller, p_view text, r jsonb, p_before uuid, OUT rows jsonb, OUT next uuid)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  m core.computation;
  v_limit int := coalesce((r ->> 'limit')::int, 50);
  v_serial bigint := (SELECT l.serial FROM core.data_lease l WHERE l.lease_id = r ->> 'lease_id');
  v_body jsonb;
  v_read int := 0;
BEGIN
  rows := '[]';
  FOR m IN
    SELECT x.* FROM core.computation x
     WHERE p_view = 'consumer' AND x.principal = c.id AND x.job_id < p_before
    UNION ALL
    SELECT z.* FROM core.computation z
     WHERE p_view = 'owner' AND z.owner = c.id AND z.job_id < p_before
    UNION ALL
    SELECT y.* FROM core.job_owner o JOIN core.computation y ON y.job_id = o.job_id
     WHERE p_view = 'owner' AND o.owner = c.id AND o.job_id < p_before
     ORDER BY job_id DESC LIMIT 2001
  LOOP
    IF jsonb_array_length(rows) >= v_limit OR v_read >= 2000 THEN
      RETURN;
    END IF;
    v_read := v_read + 1;
    IF (r ->> 'label' IS NULL OR m.label = r ->> 'label') AND (r ->> 'lease_id' IS NULL OR m.serial = v_serial) THEN
      v_body := core.compute_body(m, p_view);
      IF (r ->> 'status' IS NULL OR v_body ->> 'status' = r ->> 'status')
         AND (r ->> 'phase' IS NULL OR v_body ->> 'phase' = r ->> 'phase') THEN
        rows := rows || jsonb_build_array(v_body);
      END IF;
    END IF;
    next := m.job_id;
  END LOOP;
  next := NULL;
END $$;
