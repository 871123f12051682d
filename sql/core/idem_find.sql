-- idem_find(principal, route, request): the first answer under this
-- Idempotency-Key with extra.replayed, CONFLICT if the key came with another
-- digest, or an answer without err and status: go on.  The caller holds the
-- principal's submit row, so nobody else is about to use the key.
CREATE FUNCTION core.idem_find(p_principal int, p_route text, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql AS $$
DECLARE
  i core.idem;
  a core.answer;
BEGIN
  IF p_req ->> 'idem_key' IS NULL THEN
    RETURN a;
  END IF;
  SELECT * INTO i FROM core.idem d
   WHERE d.principal = p_principal AND d.route = p_route AND d.key = p_req ->> 'idem_key';
  IF NOT FOUND THEN
    RETURN a;
  END IF;
  IF i.digest <> decode(p_req ->> 'idem_digest', 'hex') THEN
    RETURN core.refuse('CONFLICT', 'this Idempotency-Key was used with another request');
  END IF;
  RETURN core.ok(i.status, i.body, jsonb_build_object('replayed', true));
END $$;
