-- image_set(auth, {name, digest, allowed, preload, loaders}): which digest runs
-- under a name.  Allowing one denies the one before; what is not given stays.
CREATE FUNCTION api.image_set(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  i core.image;
  v_allowed boolean := coalesce((p_req ->> 'allowed')::boolean, true);
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_allowed THEN
    UPDATE core.image x SET allowed = false WHERE x.name = p_req ->> 'name' AND x.allowed AND x.digest <> p_req ->> 'digest';
  END IF;
  INSERT INTO core.image AS x (name, digest, allowed, preload, loaders)
  VALUES (p_req ->> 'name', p_req ->> 'digest', v_allowed, ARRAY(SELECT jsonb_array_elements_text(nullif(p_req -> 'preload', 'null'))),
          ARRAY(SELECT jsonb_array_elements_text(nullif(p_req -> 'loaders', 'null'))))
  ON CONFLICT (name, digest) DO UPDATE
     SET allowed = v_allowed,
         preload = CASE WHEN p_req ->> 'preload' IS NULL THEN x.preload ELSE EXCLUDED.preload END,
         loaders = CASE WHEN p_req ->> 'loaders' IS NULL THEN x.loaders ELSE EXCLUDED.loaders END
  RETURNING * INTO i;
  PERFORM core.event_add(c.public_id, 'image.changed', i.name, jsonb_build_object('digest', i.digest, 'allowed', i.allowed));
  RETURN core.ok(200, core.image_json(i));
END $$;
