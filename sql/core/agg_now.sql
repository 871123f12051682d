-- agg_now(): the database's clock, as reports are timed: whole seconds.
CREATE FUNCTION core.agg_now() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN floor(extract(epoch FROM clock_timestamp()));
END $$;
