-- product_list(auth, {keywords, limit, cursor}): what the node offers.  keywords:
-- words, apart by commas or spaces; a product with any of them is listed.
-- Without limit 1,000 rows: old clients never page.
CREATE FUNCTION api.product_list(p_auth jsonb, p_req jsonb)
RETURNS core.answer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c core.caller := core.authenticate(p_auth);
  v_limit int := coalesce((p_req ->> 'limit')::int, 1000);
  v_after text := core.cursor_read(p_req ->> 'cursor', '^did:pandacea:', '');
  v_words text[] := array_remove(regexp_split_to_array(lower(p_req ->> 'keywords'), '[,\s]+'), '');
BEGIN
  IF (c.refusal).err IS NOT NULL THEN
    RETURN c.refusal;
  END IF;
  IF v_after IS NULL THEN
    RETURN core.cursor_bad();
  END IF;
  RETURN (
    SELECT core.ok(200, core.page(jsonb_agg(core.product_json(p, false) ORDER BY p.product_id COLLATE "C"),
                                  array_agg(p.product_id ORDER BY p.product_id COLLATE "C"), v_limit),
                   jsonb_build_object('rate', c.rate))
      FROM (SELECT x.* FROM core.product x
             WHERE x.product_id COLLATE "C" > v_after
               AND (coalesce(cardinality(v_words), 0) = 0
                    OR EXISTS (SELECT FROM unnest(x.keywords) k WHERE lower(k) = ANY (v_words)))
             ORDER BY x.product_id COLLATE "C" LIMIT v_limit + 1) p);
END $$;
