-- agg_alone(task): waits for whoever stores reports or sums of the task just now; until
-- the end of this transaction nobody else does.  Never after core.agg_share.
CREATE FUNCTION core.agg_alone(p_task int) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(2002, p_task);
END $$;
