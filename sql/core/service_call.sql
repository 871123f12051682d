-- service_call(kind, hook): core.<prefix>_<hook> of the service that a kind belongs to,
-- quoted for EXECUTE; NULL: the queue's own.
CREATE FUNCTION core.service_call(p_kind smallint, p_hook text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT format('core.%I', s.prefix || '_' || p_hook) FROM core.kind k JOIN core.service s ON s.name = k.service WHERE k.id = p_kind);
END $$;
