-- job_name(id): what people call a job: its computation's public id, or the id.
-- The views of ops call it as whoever reads them.
CREATE FUNCTION core.job_name(p_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN coalesce((SELECT core.comp_id(c.public_id) FROM core.computation c WHERE c.job_id = p_id), p_id::text);
END $$;
