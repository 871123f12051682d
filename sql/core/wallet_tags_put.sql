-- wallet_tags_put(wallet, item, tags): the tags of a record, as an array of
-- {name, value, plain}; the value of a plain tag is text, the rest base64.
CREATE FUNCTION core.wallet_tags_put(p_wallet bigint, p_item bigint, p_tags jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF coalesce(p_tags, 'null') IN ('null', '[]') THEN
    RETURN;
  END IF;
  INSERT INTO core.wallet_tag (item, wallet, name, value, plain)
  SELECT p_item, p_wallet, decode(t ->> 'name', 'base64'),
         CASE WHEN (t -> 'plain')::boolean THEN convert_to(t ->> 'value', 'UTF8') ELSE decode(t ->> 'value', 'base64') END, (t -> 'plain')::boolean
    FROM jsonb_array_elements(p_tags) t;
END $$;
