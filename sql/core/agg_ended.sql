-- agg_ended(lease, good): nothing is left to do: its writes have said all.
CREATE FUNCTION core.agg_ended(l core.lease, p_good boolean) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
END $$;
