-- day_add(day): the partitions of job and done for one day (UTC), if missing.
-- Attaching a finished table locks the parent only against other changes of
-- its shape; CREATE TABLE ... PARTITION OF would stop every reader.
CREATE FUNCTION core.day_add(p_day date) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_parent text;
  v_name   text;
BEGIN
  PERFORM pg_advisory_xact_lock(1001, 2);
  FOREACH v_parent IN ARRAY ARRAY['job', 'done'] LOOP
    v_name := v_parent || to_char(p_day, '_YYYYMMDD');
    CONTINUE WHEN to_regclass(format('core.%I', v_name)) IS NOT NULL;
    EXECUTE format('CREATE TABLE core.%I (LIKE core.%I INCLUDING ALL)', v_name, v_parent);
    EXECUTE format('ALTER TABLE core.%I ATTACH PARTITION core.%I FOR VALUES FROM (%L) TO (%L)',
                   v_parent, v_name, core.uuid7_floor(p_day), core.uuid7_floor(p_day + 1));
  END LOOP;
END $$;
