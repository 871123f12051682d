-- cred_wallet_refusal(caller, what the kind wants, wallet, its name, SHA-256 of the
-- handle): why a job may not have this wallet now; err NULL: it may.  An unlock
-- is good for the principal that it was given to.
CREATE FUNCTION core.cred_wallet_refusal(c core.caller, p_wants text, w core.wallet, p_name text, p_unlock text)
RETURNS core.answer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF p_wants = 'new' THEN
    RETURN CASE WHEN p_name IS NULL OR p_name !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'
                  THEN core.refuse('INVALID_STRUCTURE', 'id: 1 to 64 letters, digits, dots, dashes and underscores')
                WHEN w.serial IS NOT NULL THEN core.refuse('WALLET_EXISTS', 'there is a wallet of this name') END;
  END IF;
  IF w.serial IS NULL THEN
    RETURN core.refuse('WALLET_NOT_FOUND', 'there is no wallet of this name');
  END IF;
  IF p_wants = 'open' AND w.method <> 'managed' THEN
    PERFORM core.tenant_enter(w.tenant, w.serial);
    PERFORM FROM core.wallet_unlock u
     WHERE u.sha256 = decode(p_unlock, 'hex') AND u.wallet = w.serial AND u.principal = c.id AND u.expires_at > clock_timestamp();
    IF NOT FOUND THEN
      RETURN core.refuse('WALLET_LOCKED', 'the wallet is locked: unlock it, and send the handle as X-Darkroom-Unlock');
    END IF;
  END IF;
  RETURN NULL;
END $$;
