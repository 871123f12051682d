-- product_json(product, own): the public row; its owner sees what it covers too.
CREATE FUNCTION core.product_json(p core.product, p_own boolean)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('productId', p.product_id, 'name', p.name, 'dataType', p.data_type, 'keywords', to_jsonb(p.keywords))
      || CASE WHEN p_own THEN jsonb_build_object('min_price', p.min_price::text, 'chain_product_id', encode(p.chain_product_id, 'hex'),
             'created_at', core.ts(p.created_at), 'updated_at', core.ts(p.updated_at),
             'assets', coalesce((SELECT jsonb_agg(a.asset_id ORDER BY a.asset_id)
                                   FROM core.product_asset x JOIN core.asset a ON a.id = x.asset
                                  WHERE x.product_id = p.product_id AND a.removed_at IS NULL), '[]'))
         ELSE '{}' END
$$;
