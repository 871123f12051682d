-- job_announce(ids): these jobs changed; parked requests read again.  In a
-- transaction of its own, after the commit.  A hint that a crash may lose, so
-- its commit waits for no flush.
CREATE FUNCTION api.job_announce(p_ids uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM core.announce(p_ids);
END $$;
