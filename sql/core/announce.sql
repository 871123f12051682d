-- announce(ids): tell parked requests that these jobs changed, if any process
-- has some.  A front with parked requests holds lock (1000, 1) shared.  A notice
-- carries up to 200 ids, as a payload has less than 8,000 bytes.
CREATE FUNCTION core.announce(p_ids uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(1000, 1) THEN
    FOR k IN 1 .. cardinality(p_ids) BY 200 LOOP
      PERFORM pg_notify('change', array_to_string(p_ids[k : k + 199], ','));
    END LOOP;
  END IF;
END $$;
