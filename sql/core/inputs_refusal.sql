-- inputs_refusal(lease, principal, assets, names): entitlement of a submit as
-- an answer.  An id that resolved to nothing is reported like one that the
-- lease does not cover, so names of other assets cannot be probed.
CREATE FUNCTION core.inputs_refusal(l core.data_lease, p_principal int, p_assets bigint[], p_names text[])
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_code text := core.entitled(l.serial, p_principal, array_remove(p_assets, NULL), false, clock_timestamp());
  v_bad int;
  a core.answer;
BEGIN
  IF v_code IS NULL AND array_position(p_assets, NULL) IS NULL THEN
    RETURN a;
  END IF;
  IF v_code IS NOT NULL AND v_code <> 'POLICY_DENIED' THEN
    RETURN core.refuse('FORBIDDEN', 'lease refused: ' || v_code);
  END IF;
  SELECT min(n) INTO v_bad
    FROM unnest(p_assets) WITH ORDINALITY u (id, n)
    LEFT JOIN core.data_lease_asset la ON la.serial = l.serial AND la.asset = u.id
   WHERE la.asset IS NULL;
  IF v_bad IS NULL THEN
    RETURN core.refuse('FORBIDDEN', 'lease refused: POLICY_DENIED');
  END IF;
  PERFORM FROM core.data_lease_asset la JOIN core.asset x ON x.id = la.asset
    WHERE la.serial = l.serial AND x.asset_id = p_names[v_bad] AND x.removed_at IS NOT NULL;
  RETURN core.refuse('FORBIDDEN', CASE WHEN FOUND THEN 'lease refused: ASSET_REVOKED'
      ELSE format('lease refused: it does not cover inputs[%s].asset_id', v_bad - 1) END);
END $$;
