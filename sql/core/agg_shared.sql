-- agg_shared(collection): does another that asked for the same batch wait for the same answer?
CREATE FUNCTION core.agg_shared(c core.agg_collection) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM core.agg_collection x WHERE x.task_no = c.task_no AND coalesce(x.same_as, x.collection_no) = coalesce(c.same_as, c.collection_no)
                    AND x.collection_no <> c.collection_no AND NOT x.removed);
END $$;
