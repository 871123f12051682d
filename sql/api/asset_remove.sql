-- asset_remove(auth, {asset_id}): the asset is gone: its open jobs end with
-- ASSET_REVOKED, output of others that waits for release is destroyed, its bytes
-- go once nobody else stores the same.
CREATE FUNCTION api.asset_remove(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_asset bigint;
  v_serials bigint[];
  v_touched uuid[];
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  UPDATE core.asset a SET removed_at = clock_timestamp(), updated_at = clock_timestamp()
   WHERE a.owner = c.id AND a.asset_id = p_req ->> 'asset_id' AND a.removed_at IS NULL
  RETURNING a.id INTO v_asset;
  IF NOT FOUND THEN
    RETURN core.refuse('NOT_FOUND', 'no such asset');
  END IF;
  SELECT array_agg(x.serial) INTO v_serials
    FROM (SELECT l.serial FROM core.data_lease_asset la JOIN core.data_lease l ON l.serial = la.serial
           WHERE la.asset = v_asset ORDER BY l.serial FOR NO KEY UPDATE OF l) x;
  UPDATE core.data_lease l SET updated_at = clock_timestamp() WHERE l.serial = ANY (v_serials);
  v_touched := core.lease_end_jobs(v_serials, v_asset, 'ASSET_REVOKED', c.public_id);
  DELETE FROM core.product_asset p WHERE p.asset = v_asset;
  PERFORM core.blob_loosen(ARRAY(SELECT v.sha256 FROM core.asset_version v WHERE v.asset = v_asset));
  PERFORM core.event_add(c.public_id, 'asset.removed', p_req ->> 'asset_id');
  RETURN core.ok(204, NULL, jsonb_build_object('announce', coalesce(to_jsonb(v_touched), '[]')));
END $$;
