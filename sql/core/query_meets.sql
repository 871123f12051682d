-- query_meets(item, query): does a record meet a query of
-- lib/crypt/wallet/query.h?  Plain values compare as bytes.
CREATE FUNCTION core.query_meets(p_item bigint, q jsonb) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_name bytea;
  m jsonb;
BEGIN
  IF q ->> 0 = 'not' THEN
    RETURN NOT core.query_meets(p_item, q -> 1);
  ELSIF q ->> 0 IN ('and', 'or') THEN
    FOR m IN SELECT x FROM jsonb_array_elements(q - 0) x LOOP
      IF core.query_meets(p_item, m) = (q ->> 0 = 'or') THEN
        RETURN q ->> 0 = 'or';
      END IF;
    END LOOP;
    RETURN q ->> 0 = 'and';
  END IF;
  v_name := decode(q ->> 2, 'base64');
  IF q ->> 1 = 'p' THEN
    RETURN EXISTS (SELECT FROM core.wallet_tag t WHERE t.item = p_item AND t.plain AND t.name = v_name
                    AND core.query_compares(q ->> 0, t.value, q - 0 - 0 - 0));
  END IF;
  RETURN EXISTS (SELECT FROM core.wallet_tag t WHERE t.item = p_item AND NOT t.plain AND t.name = v_name
                  AND CASE q ->> 0 WHEN 'neq' THEN t.value <> decode(q ->> 3, 'base64')
                      ELSE t.value IN (SELECT decode(v, 'base64') FROM jsonb_array_elements_text(q - 0 - 0 - 0) v) END);
END $$;
