-- job_cancel_by_operator(job): end a job in any phase; the state it has then.
CREATE FUNCTION api.job_cancel_by_operator(p_job text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN core.job_cancel(core.job_find(p_job), core.psql_actor(), 'CANCELLED', '{"by": "operator"}');
END $$;
