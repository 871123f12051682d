-- cron_spec(name, function, spec): what a job of this row of core.cron is told now; NULL: there is none.  A
-- function that fails keeps its own jobs from being made and, as it is called amid the upkeep of the whole queue,
-- nothing else: the log of the database has it each time.
CREATE FUNCTION core.cron_spec(p_name text, p_fn text, p_spec jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  EXECUTE format('SELECT core.%I($1)', p_fn) INTO p_spec USING p_spec;
  RETURN p_spec;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'cron %: core.% failed: % (%)', p_name, p_fn, SQLERRM, SQLSTATE;
  RETURN NULL;
END $$;
