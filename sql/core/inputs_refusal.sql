-- inputs_refusal(lease, assets, names, code): entitlement of a submit (the code
-- of core.entitlement) as an answer.  An id that resolved to nothing is reported like one that the
-- lease does not cover, so names of other assets cannot be probed.
CREATE FUNCTION core.inputs_refusal(l core.data_lease, p_assets bigint[], p_names text[], p_code text)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_bad int;
  a core.answer;
BEGIN
  IF p_code IS NULL AND array_position(p_assets, NULL) IS NULL THEN
    RETURN a;
  END IF;
  IF p_code IS NOT NULL AND p_code <> 'POLICY_DENIED' THEN
    RETURN core.refuse('FORBIDDEN', 'lease refused: ' || p_code);
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
