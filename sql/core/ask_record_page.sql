-- ask_record_page: all records of the job's wallet, for an export, a page at a time.
CREATE FUNCTION core.ask_record_page(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_after constant bigint := coalesce(a ->> 'cursor', '0')::bigint;
  v_ids bigint[];
  v_page record;
BEGIN
  v_ids := ARRAY(SELECT i.id FROM core.wallet_item i
                  WHERE i.wallet = j.wallet AND i.id > v_after AND (i.expires_at IS NULL OR i.expires_at > clock_timestamp()) ORDER BY i.id LIMIT 500);
  v_page := core.wallet_page(v_ids, CASE WHEN cardinality(v_ids) = 500 THEN v_ids[500] END);
  RETURN jsonb_strip_nulls(jsonb_build_object('items', v_page.items, 'cursor', v_page.next::text));
END $$;
