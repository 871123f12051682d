-- wallet_page(ids, next): these records in full, as many as a frame of 4 MiB to a runner
-- carries, one at least; next is after which to go on.  Counted as text, tags too:
-- JSON may write a byte of a plain one as six.
CREATE FUNCTION core.wallet_page(p_ids bigint[], p_next bigint, OUT items jsonb[], OUT next bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
  i core.wallet_item;
  v_item jsonb;
  v_bytes bigint := 0;
  v_last bigint;
BEGIN
  items := '{}';
  next := p_next;
  FOR i IN SELECT x.* FROM core.wallet_item x WHERE x.id = ANY (p_ids) ORDER BY x.id LOOP
    v_item := core.wallet_item_json(i, true);
    v_bytes := v_bytes + octet_length(v_item::text) + 2;
    IF v_bytes > 4000000 AND v_last IS NOT NULL THEN
      next := v_last;
      RETURN;
    END IF;
    items := items || v_item;
    v_last := i.id;
  END LOOP;
END $$;
