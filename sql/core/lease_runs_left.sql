-- lease_runs_left(lease): runs that a new job may still reserve; NULL when the
-- lease does not count them.
CREATE FUNCTION core.lease_runs_left(p_serial bigint)
RETURNS int LANGUAGE sql STABLE AS $$
  SELECT l.max_runs - l.runs_used - l.runs_held
         + (SELECT count(*) FILTER (WHERE NOT n.used)::int FROM core.run_note n WHERE n.serial = p_serial)
    FROM core.data_lease l WHERE l.serial = p_serial
$$;
