-- ask_object_get: a public object of the tenant's, {object, …what belongs to it}, or null.
CREATE FUNCTION core.ask_object_get(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  o record;
BEGIN
  o := core.cred_object(a);
  RETURN CASE WHEN o.body IS NOT NULL THEN o.more || jsonb_build_object('object', o.body) END;
END $$;
