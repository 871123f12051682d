-- idem_keep(principal, route, request, answer, job): remember an accepted
-- answer under the request's Idempotency-Key, if it has one.  A racing holder
-- of the same key makes this raise 23505: nothing of this transaction stays.
CREATE FUNCTION core.idem_keep(p_principal int, p_route text, p_req jsonb, a core.answer, p_job uuid DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_req ->> 'idem_key' IS NOT NULL THEN
    INSERT INTO core.idem (principal, route, key, digest, job_id, status, body)
    VALUES (p_principal, p_route, p_req ->> 'idem_key', decode(p_req ->> 'idem_digest', 'hex'), p_job, a.status, a.body);
  END IF;
END $$;
