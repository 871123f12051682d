-- idem_find(principal, route, request): core.idem_answer if the key is known,
-- else an answer without err and status: go on.  The caller holds the
-- principal's submit row, so nobody else is about to use the key.
CREATE FUNCTION core.idem_find(p_principal int, p_route text, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql AS $$
DECLARE
  i core.idem;
BEGIN
  SELECT * INTO i FROM core.idem d
   WHERE d.principal = p_principal AND d.route = p_route AND d.key = p_req ->> 'idem_key';
  RETURN CASE WHEN FOUND THEN core.idem_answer(i, p_req) END;
END $$;
