-- wallet_count(wallet, type, query): how many records meet it.
CREATE FUNCTION core.wallet_count(p_wallet bigint, p_type bytea, q jsonb) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  f record;
  v_n bigint := 0;
BEGIN
  f := core.wallet_find(p_wallet, p_type, q, 0, 20000);
  LOOP
    v_n := v_n + cardinality(f.ids);
    EXIT WHEN f.next IS NULL;
    f := core.wallet_find(p_wallet, p_type, q, f.next, 20000);
  END LOOP;
  RETURN v_n;
END $$;
