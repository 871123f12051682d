-- agg_progress(lease, …): nothing is kept of it: a job takes a second, and what it waits
-- for is in its rows.
CREATE FUNCTION core.agg_progress(l core.lease, p_phase text, p_done bigint, p_total bigint, p_unit text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
END $$;
