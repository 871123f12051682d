-- psql_actor(): how the audit names somebody at an SQL prompt.
CREATE FUNCTION core.psql_actor() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'psql:' || session_user $$;
