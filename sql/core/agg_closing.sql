-- agg_closing(subject): the collection of a run, which must be closing.
CREATE FUNCTION core.agg_closing(s core.agg_subject) RETURNS core.agg_collection LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  c core.agg_collection;
BEGIN
  SELECT x.* INTO c FROM core.agg_collection x WHERE x.collection_no = s.collection AND x.state = 'closing' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM core.job_fail('CANCELLED', 'the collection has ended');
  END IF;
  RETURN c;
END $$;
