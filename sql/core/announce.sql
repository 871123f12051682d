-- announce(ids): tell parked requests that these jobs changed, and those that
-- follow all computations of a principal, if any process has some.  A front with
-- parked requests holds lock (1000, 1) shared.  A notice carries up to 200 ids, as
-- a payload has less than 8,000 bytes.
CREATE FUNCTION core.announce(p_ids uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(1000, 1) THEN
    p_ids := p_ids || ARRAY(SELECT DISTINCT core.follow_id(m.principal) FROM core.computation m WHERE m.job_id = ANY (p_ids));
    FOR k IN 1 .. cardinality(p_ids) BY 200 LOOP
      PERFORM pg_notify('change', array_to_string(p_ids[k : k + 199], ','));
    END LOOP;
  END IF;
END $$;
