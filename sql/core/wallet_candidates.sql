-- wallet_candidates(wallet, type, digests, after, n): the first n records of a type
-- after number after that have a tag with one of these digests; digests NULL: all.
-- Written so that each index is used: that of a wallet's records, and those of
-- sealed and of plain tags.
CREATE FUNCTION core.wallet_candidates(p_wallet bigint, p_type bytea, p_keys bytea[], p_after bigint, p_n int) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_keys IS NULL THEN
    RETURN ARRAY(
      SELECT i.id FROM core.wallet_item i
       WHERE i.wallet = p_wallet AND i.id > p_after AND i.type = p_type AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp())
       ORDER BY i.wallet, i.id LIMIT p_n);
  END IF;
  RETURN ARRAY(
    SELECT i.id
      FROM (SELECT t.item FROM core.wallet_tag t WHERE NOT t.plain AND t.digest = ANY (p_keys) AND t.item > p_after
            UNION
            SELECT t.item FROM core.wallet_tag t WHERE t.plain AND t.digest = ANY (p_keys) AND t.item > p_after) x
      JOIN core.wallet_item i ON i.id = x.item
     WHERE i.wallet = p_wallet AND i.type = p_type AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp())
     ORDER BY i.id LIMIT p_n);
END $$;
