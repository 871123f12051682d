-- nonce_read_since(): nonces of reads are known from this moment on.  The first
-- read after a crash makes it now.
CREATE FUNCTION core.nonce_read_since()
RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
  v_since timestamptz;
BEGIN
  SELECT e.since INTO v_since FROM core.nonce_epoch e;
  IF NOT FOUND THEN
    INSERT INTO core.nonce_epoch DEFAULT VALUES ON CONFLICT DO NOTHING;
    v_since := clock_timestamp();
  END IF;
  RETURN greatest(v_since, pg_postmaster_start_time());
END $$;
