-- agg_lost(job of the queue): it has ended, so nobody works on what it was about.
CREATE FUNCTION core.agg_lost(p_id uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM core.done d WHERE d.id = p_id) OR NOT EXISTS (SELECT FROM core.job j WHERE j.id = p_id);
END $$;
