-- cred_plan(caller, {kind, args, sealed, unlock_sha256}): one credential job that
-- may be submitted, or why not: its kind, by name or by an alias of libindy, the
-- wallet, its unlock, bounds, and the lane that it belongs to.  Nothing is written.
-- The caller's tenant has been entered.
CREATE FUNCTION core.cred_plan(c core.caller, r jsonb) RETURNS core.cred_plan LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  p core.cred_plan;
  q core.cred_kind;
  w core.wallet;
  v_args constant jsonb := coalesce(nullif(r -> 'args', 'null'), '{}');
  v_heavy boolean;
BEGIN
  SELECT k.id, k.name, k.max_attempts, k.timeout_ms, k.lane INTO p.kind, p.kind_name, p.max_attempts, p.timeout_ms, p.lane FROM core.kind k
   WHERE k.service = 'credential' AND k.name = coalesce((SELECT n.name FROM core.cred_alias a JOIN core.kind n ON n.id = a.kind WHERE a.alias = r ->> 'kind'), r ->> 'kind');
  IF NOT FOUND THEN
    p.refusal := core.refuse('VALIDATION_ERROR', 'kind is not one of a credential job');
    RETURN p;
  END IF;
  SELECT x.* INTO q FROM core.cred_kind x WHERE x.kind = p.kind;
  p.refusal := core.cred_bounds(c, q, v_args, r -> 'sealed');
  IF (p.refusal).err IS NOT NULL THEN
    RETURN p;
  END IF;
  IF q.wallet <> 'none' THEN
    p.wallet_name := coalesce(CASE WHEN q.wallet = 'new' THEN v_args ->> 'id' END, v_args ->> 'wallet');
    w := core.cred_wallet(p.wallet_name, v_args ->> 'cred_def_id');
    p.refusal := core.cred_wallet_refusal(c, q.wallet, w, p.wallet_name, r ->> 'unlock_sha256');
    IF (p.refusal).err IS NOT NULL THEN
      RETURN p;
    END IF;
    p.wallet := w.serial;
    p.wallet_name := coalesce(w.name, p.wallet_name);
  END IF;
  IF q.heavy_when IS NOT NULL THEN
    EXECUTE format('SELECT core.%I($1, $2)', q.heavy_when) INTO v_heavy USING v_args, w.method;
  END IF;
  RETURN core.cred_lane(p, v_heavy);
END $$;
