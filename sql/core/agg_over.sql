-- agg_over(task): did it end retain_s ago?  From then on it is unknown to others, nothing is written
-- of it, and retention takes it apart.
CREATE FUNCTION core.agg_over(t core.agg_task) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN coalesce(least(t.expires_at, extract(epoch FROM t.removed_at)) + t.retain_s < core.agg_now(), false);
END $$;
