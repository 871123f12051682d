-- agg_unit(task): seconds that a time on its wire counts: of profile 18 the precision.
CREATE FUNCTION core.agg_unit(t core.agg_task) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE t.profile WHEN '18' THEN t.precision_s ELSE 1 END
$$;
