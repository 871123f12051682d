-- idem_answer(key, request): the first answer under this Idempotency-Key with
-- extra.replayed, or CONFLICT if the key came with another digest.
CREATE FUNCTION core.idem_answer(i core.idem, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF i.digest <> decode(p_req ->> 'idem_digest', 'hex') THEN
    RETURN core.refuse('CONFLICT', 'this Idempotency-Key was used with another request');
  END IF;
  RETURN core.ok(i.status, i.body, jsonb_build_object('replayed', true));
END $$;
