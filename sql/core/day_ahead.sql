-- day_ahead(): partitions from yesterday to three days from now.  Cheap when
-- nothing is missing; called by the sweep, by the fronts' pressure reading (a
-- node without workers takes jobs too) and at every apply.
CREATE FUNCTION core.day_ahead() RETURNS int LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
  v_n     int := 0;
BEGIN
  FOR i IN -1 .. 3 LOOP
    IF to_regclass('core.job' || to_char(v_today + i, '_YYYYMMDD')) IS NULL
       OR to_regclass('core.done' || to_char(v_today + i, '_YYYYMMDD')) IS NULL THEN
      PERFORM core.day_add(v_today + i);
      v_n := v_n + 1;
    END IF;
  END LOOP;
  RETURN v_n;
END $$;
