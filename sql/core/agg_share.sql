-- agg_share(task): until the end of this transaction no batch of the task is closed
-- or opened.  Several tasks: in the order of their numbers.
CREATE FUNCTION core.agg_share(p_task int) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(2002, p_task);
END $$;
