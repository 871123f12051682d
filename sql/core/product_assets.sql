-- product_assets(owner, product): names of the live assets that the owner's
-- product covers, as a JSON list; NULL when it is not the owner's or covers none.
CREATE FUNCTION core.product_assets(p_owner int, p_product text)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_agg(a.asset_id)
    FROM core.product p
    JOIN core.product_asset x ON x.product_id = p.product_id
    JOIN core.asset a ON a.id = x.asset AND a.owner = p_owner AND a.removed_at IS NULL
   WHERE p.product_id = p_product AND p.owner = p_owner
$$;
