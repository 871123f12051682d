-- oldest_transaction(): the session that holds back the removal of dead rows the
-- longest, in this database.  No row: nothing does.  The views of ops call it as
-- whoever reads them.
CREATE FUNCTION core.oldest_transaction() RETURNS TABLE (pid int, application text, age_s double precision, xmin_age bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT a.pid, a.application_name, extract(epoch FROM clock_timestamp() - a.xact_start)::double precision, age(a.backend_xmin)::bigint
      FROM pg_stat_activity a
     WHERE a.datname = current_database() AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
     ORDER BY a.xact_start LIMIT 1;
END $$;
