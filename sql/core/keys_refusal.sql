-- keys_refusal(principal, keys): may these keys be added to this principal (NULL:
-- a new one)?  A key names one principal for ever: also one that was removed
-- comes back only to its own.
CREATE FUNCTION core.keys_refusal(p_principal int, p_keys jsonb)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_at bigint;
  a core.answer;
BEGIN
  IF jsonb_typeof(p_keys) IS DISTINCT FROM 'array' OR jsonb_array_length(p_keys) NOT BETWEEN 1 AND 16 THEN
    RETURN core.refuse('VALIDATION_ERROR', 'keys must hold 1 to 16 keys');
  END IF;
  SELECT min(k.n) INTO v_at
    FROM jsonb_array_elements(p_keys) WITH ORDINALITY k (e, n)
    JOIN core.principal_key x ON x.peer_id = k.e ->> 'peer_id'
   WHERE x.principal IS DISTINCT FROM p_principal;
  IF v_at IS NOT NULL THEN
    RETURN core.refuse('CONFLICT', format('keys[%s] belongs to another principal', v_at - 1));
  END IF;
  RETURN a;
END $$;
