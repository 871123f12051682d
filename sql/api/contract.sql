-- contract(): must equal DB_CONTRACT of lib/db/stmt.h.
CREATE FUNCTION api.contract() RETURNS int LANGUAGE sql IMMUTABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$ SELECT 7 $$;
