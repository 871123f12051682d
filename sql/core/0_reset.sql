-- First of the replaceable files: forget the functions and views of the last
-- apply, so that a signature may change and what was removed is gone.  All of
-- it is one transaction; sessions parse their prepared calls again by name.
DO $$
DECLARE r record;
BEGIN
  FOR r IN SELECT c.oid::regclass AS name FROM pg_class c
            WHERE c.relnamespace = 'ops'::regnamespace AND c.relkind = 'v' LOOP
    EXECUTE format('DROP VIEW IF EXISTS %s CASCADE', r.name);
  END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS name FROM pg_proc p
            WHERE p.pronamespace IN ('core'::regnamespace, 'api'::regnamespace, 'ops'::regnamespace) LOOP
    EXECUTE format('DROP FUNCTION %s', r.name);
  END LOOP;
END $$;
-- Bodies name functions of files that come later.
SET LOCAL check_function_bodies = off;
