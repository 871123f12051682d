-- announce(ids): tell parked requests that these jobs changed, if any process
-- has some.  A front with parked requests holds lock (1000, 1) shared.
CREATE FUNCTION core.announce(p_ids uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(1000, 1) THEN
    PERFORM pg_notify('change', i::text) FROM unnest(p_ids) AS i;
  END IF;
END $$;
