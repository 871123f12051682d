-- asset_precondition(owner, request): If-None-Match and If-Match of an upload
-- against the asset that is there now.  Its validator is the SHA-256 of the
-- current version.
CREATE FUNCTION core.asset_precondition(p_owner int, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_now text;
  v_want text := btrim(p_req ->> 'if_match', '"');
  a core.answer;
BEGIN
  SELECT encode(v.sha256, 'hex') INTO v_now
    FROM core.asset x JOIN core.asset_version v ON v.asset = x.id AND v.version = x.version
   WHERE x.owner = p_owner AND x.asset_id = p_req ->> 'asset_id' AND x.removed_at IS NULL;
  IF v_now IS NOT NULL AND p_req ->> 'if_none_match' IN ('*', v_now, '"' || v_now || '"') THEN
    RETURN core.refuse('PRECONDITION_FAILED', 'If-None-Match: the asset is there');
  END IF;
  IF v_want IS NOT NULL AND (v_now IS NULL OR v_want NOT IN ('*', v_now)) THEN
    RETURN core.refuse('PRECONDITION_FAILED', 'If-Match: the asset is not at that version');
  END IF;
  RETURN a;
END $$;
