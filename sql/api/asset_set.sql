-- asset_set(auth, {asset_id, title, keywords, columns, release_mode, policy}):
-- what is not given stays.  200 with the asset.  A stricter release mode holds
-- for jobs that are still running.
CREATE FUNCTION api.asset_set(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  a core.asset;
  v_policy jsonb := nullif(p_req -> 'policy', 'null');
  v_why text := CASE WHEN v_policy IS NOT NULL THEN core.policy_fault(v_policy) END;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_why IS NULL AND p_req ->> 'release_mode' NOT IN ('auto', 'hold') THEN
    v_why := 'release_mode must be auto or hold';
  END IF;
  IF v_why IS NOT NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', v_why);
  END IF;
  UPDATE core.asset x
     SET title = coalesce(p_req ->> 'title', x.title), policy = coalesce(v_policy, x.policy),
         keywords = coalesce((SELECT array_agg(k) FROM jsonb_array_elements_text(nullif(p_req -> 'keywords', 'null')) k),
                             CASE WHEN jsonb_typeof(p_req -> 'keywords') = 'array' THEN '{}' ELSE x.keywords END),
         release_mode = coalesce(p_req ->> 'release_mode', x.release_mode), updated_at = clock_timestamp()
   WHERE x.owner = c.id AND x.asset_id = p_req ->> 'asset_id' AND x.removed_at IS NULL
  RETURNING * INTO a;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such asset');
  END IF;
  UPDATE core.asset_version v SET columns = p_req -> 'columns'
   WHERE v.asset = a.id AND v.version = a.version AND jsonb_typeof(p_req -> 'columns') = 'array';
  PERFORM core.event_add(c.public_id, 'asset.changed', a.asset_id,
      jsonb_build_object('release_mode', a.release_mode, 'policy', a.policy));
  RETURN core.ok(200, core.asset_json(a, true));
END $$;
