-- ask_record_search: records of a type that meet a query, a page of at most 1,000 and
-- 4 MiB at a time; the first page says how many there are in all if that is wanted.
CREATE FUNCTION core.ask_record_search(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_type constant bytea := decode(a ->> 'type', 'base64');
  v_query constant jsonb := coalesce(nullif(a -> 'query', 'null'), '["and"]');
  f record;
  v_page record;
BEGIN
  IF NOT core.query_valid(v_query) OR v_type IS NULL THEN
    PERFORM core.job_fail('QUERY_ERROR', 'query: not of a form that can be run');
  END IF;
  f := core.wallet_find(j.wallet, v_type, v_query, coalesce(a ->> 'cursor', '0')::bigint, least(coalesce((a ->> 'limit')::int, 100), 1000));
  v_page := core.wallet_page(f.ids, f.next);
  RETURN jsonb_strip_nulls(jsonb_build_object('items', v_page.items, 'cursor', v_page.next::text,
    'total', CASE WHEN a -> 'want_total' = 'true' THEN core.wallet_count(j.wallet, v_type, v_query) END));
END $$;
