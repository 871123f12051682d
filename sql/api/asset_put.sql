-- asset_put(auth, {asset_id, kind, note, sha256, size, store, data_b64, place,
-- columns, row_count, if_match, if_none_match}): the file is stored, here it becomes the
-- asset (201) or its next version (200).  Equal bytes of the same kind change
-- nothing.  Jobs keep the version they were submitted with.
CREATE FUNCTION api.asset_put(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  x core.asset;
  v core.asset_version;
  a core.answer;
  v_sha bytea := decode(p_req ->> 'sha256', 'hex');
  v_new boolean;
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  a := core.idem_find(c.id, 'asset_put', p_req);
  IF a.err IS NOT NULL OR a.status IS NOT NULL THEN
    RETURN a;
  END IF;
  a := core.asset_precondition(c.id, p_req);
  IF a.err IS NOT NULL THEN
    RETURN a;
  END IF;
  PERFORM FROM core.blob b WHERE b.sha256 = v_sha AND b.dying;
  IF FOUND THEN
    RETURN core.refuse('BACKPRESSURE', 'an older copy is being removed: send it again', 2000);
  END IF;

  SELECT * INTO x FROM core.asset y
   WHERE y.owner = c.id AND y.asset_id = p_req ->> 'asset_id' AND y.removed_at IS NULL FOR UPDATE;
  v_new := NOT FOUND;
  SELECT * INTO v FROM core.asset_version y WHERE y.asset = x.id AND y.version = x.version;
  IF v_new OR v.sha256 <> v_sha OR v.kind <> p_req ->> 'kind' THEN
    PERFORM core.blob_keep(v_sha, (p_req ->> 'size')::bigint, p_req ->> 'store', decode(p_req ->> 'data_b64', 'base64'),
                           (p_req ->> 'place')::uuid);
    IF v_new THEN
      INSERT INTO core.asset (owner, asset_id, note, version) VALUES (c.id, p_req ->> 'asset_id', p_req ->> 'note', 1) RETURNING * INTO x;
    ELSE
      UPDATE core.asset y SET version = y.version + 1, note = coalesce(p_req ->> 'note', y.note), updated_at = clock_timestamp()
       WHERE y.id = x.id RETURNING * INTO x;
    END IF;
    INSERT INTO core.asset_version (asset, version, kind, sha256, size, columns, row_count)
    VALUES (x.id, x.version, p_req ->> 'kind', v_sha, (p_req ->> 'size')::bigint,
            nullif(p_req -> 'columns', 'null'), (p_req ->> 'row_count')::bigint)
    RETURNING * INTO v;
    PERFORM core.event_add(c.public_id, 'asset.stored', x.asset_id,
        jsonb_build_object('version', v.version, 'kind', v.kind, 'size', v.size, 'sha256', encode(v.sha256, 'hex')));
  END IF;
  a := core.ok(CASE WHEN v_new THEN 201 ELSE 200 END, jsonb_build_object('asset_id', x.asset_id, 'version', v.version,
      'sha256', encode(v.sha256, 'hex'), 'size', v.size, 'kind', v.kind, 'created_at', core.ts(v.created_at)));
  PERFORM core.idem_keep(c.id, 'asset_put', p_req, a);
  RETURN a;
END $$;
