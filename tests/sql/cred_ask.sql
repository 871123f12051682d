-- What runners ask: records, queries, imports, registries, offers, primes.
BEGIN;
\ir cred.psql
CREATE TABLE pg_temp.held (n text, l core.lease);
CREATE FUNCTION pg_temp.hold(p_n text, p_kind text DEFAULT 'did.create_my', p_args jsonb DEFAULT '{"wallet": "w"}') RETURNS void LANGUAGE sql AS
$$ INSERT INTO pg_temp.held SELECT p_n, pg_temp.start(p_kind, p_args) $$;
CREATE FUNCTION pg_temp.l(p_n text) RETURNS core.lease LANGUAGE sql AS $$ SELECT h.l FROM pg_temp.held h WHERE h.n = p_n $$;
CREATE FUNCTION pg_temp.asks(p_n text, p_call text, p_args jsonb) RETURNS jsonb LANGUAGE sql AS
$$ SELECT coalesce(a -> 'err' -> 'code', a -> 'value') FROM pg_temp.ask(pg_temp.l(p_n), p_call, p_args) a $$;
CREATE FUNCTION pg_temp.does(p_writes jsonb, p_kind text DEFAULT 'did.create_my', p_args jsonb DEFAULT '{"wallet": "w"}', p jsonb DEFAULT '{"status": 200, "body": {}}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE l core.lease := pg_temp.start(p_kind, p_args);
BEGIN
  PERFORM pg_temp.end(l, pg_temp.good(p_writes, p));
  RETURN pg_temp.state(l.id);
END $$;
-- five records: tags sealed a = 0..4, plain p = the number
SELECT is(pg_temp.does((SELECT jsonb_agg(jsonb_build_object('op', 'record_put', 'type', pg_temp.b64('T'), 'name', pg_temp.b64('n' || i), 'value', pg_temp.b64('v' || i), 'key', pg_temp.b64('k'), 'tags',
  jsonb_build_array(jsonb_build_object('name', pg_temp.b64('a'), 'value', pg_temp.b64('x' || i), 'plain', false), jsonb_build_object('name', pg_temp.b64('p'), 'value', i::text, 'plain', true))
  || CASE WHEN i = 3 THEN jsonb_build_object('name', pg_temp.b64('only'), 'value', repeat('long ', 1000), 'plain', true) ELSE '[]' END)) FROM generate_series(0, 4) i)), 'completed', 'five records');
SELECT pg_temp.hold('w'), pg_temp.hold('x', 'wallet.export'), pg_temp.hold('none', 'did.abbreviate', '{}'), pg_temp.hold('new', 'wallet.import', '{"id": "imp"}') \g /dev/null
SELECT is(pg_temp.asks('w', 'record_get', jsonb_build_object('type', pg_temp.b64('T'), 'name', pg_temp.b64('n1'))), jsonb_build_object('value', pg_temp.b64('v1'), 'key', pg_temp.b64('k'), 'version', 1, 'tags',
  jsonb_build_array(jsonb_build_object('name', pg_temp.b64('a'), 'value', pg_temp.b64('x1'), 'plain', false), jsonb_build_object('name', pg_temp.b64('p'), 'value', '1', 'plain', true))), 'a record');
SELECT is(pg_temp.asks('w', 'record_get', jsonb_build_object('type', pg_temp.b64('T'), 'name', pg_temp.b64('none'))), 'null', 'null for none');
SELECT is(pg_temp.asks('none', 'record_get', '{}'), '"INTERNAL"', 'not without a wallet');
SELECT is(pg_temp.asks('w', 'tables', '{}'), '"INTERNAL"', 'only what is a call');
SELECT is(pg_temp.asks('w', 'record_get', '[]'), '"INTERNAL"', 'args are an object');
SELECT is(pg_temp.asks('w', 'record_get', '{"type": "!"}'), '"INTERNAL"', 'bytes are base64');
SELECT is(api.job_ask((pg_temp.l('w')).id, gen_random_uuid(), 'record_get', '{}'), NULL, 'nothing for another token');

CREATE FUNCTION pg_temp.found(q jsonb, p jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(convert_from(decode(x ->> 'name', 'base64'), 'UTF8'), ' '), '') || coalesce(' +' || (v ->> 'cursor' IS NOT NULL), '') || coalesce(' of ' || (v ->> 'total'), '')
     FROM (SELECT pg_temp.asks('w', 'record_search', jsonb_build_object('type', pg_temp.b64('T'), 'query', q, 'limit', 100) || p)) s (v)
     LEFT JOIN LATERAL jsonb_array_elements(v -> 'items') x ON true GROUP BY v $$;
CREATE FUNCTION pg_temp.e(p_op text, p_name text, VARIADIC p_values text[]) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_array(p_op, 'e', pg_temp.b64(p_name)) || (SELECT jsonb_agg(pg_temp.b64(v)) FROM unnest(p_values) v) $$;
CREATE FUNCTION pg_temp.p(p_op text, p_name text, VARIADIC p_values text[]) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_array(p_op, 'p', pg_temp.b64(p_name)) || to_jsonb(p_values) $$;
SELECT is(pg_temp.found(x.q), x.want, x.says) FROM (VALUES
  ('["and"]'::jsonb, 'n0 n1 n2 n3 n4 +false', 'all'),
  ('["or"]', ' +false', 'an or of nothing'),
  (pg_temp.e('eq', 'a', 'x1'), 'n1 +false', 'a sealed tag'),
  (pg_temp.e('neq', 'a', 'x1'), 'n0 n2 n3 n4 +false', 'that is not'),
  (pg_temp.e('in', 'a', 'x1', 'x4', 'y'), 'n1 n4 +false', 'one of several'),
  (pg_temp.e('eq', 'p', '1'), ' +false', 'a plain tag is not a sealed one'),
  (pg_temp.p('eq', 'p', '2'), 'n2 +false', 'a plain tag'),
  (pg_temp.p('neq', 'only', 'x'), 'n3 +false', 'a record without the tag does not differ'),
  (pg_temp.p('gt', 'p', '2'), 'n3 n4 +false', 'greater'),
  (pg_temp.p('gte', 'p', '2'), 'n2 n3 n4 +false', 'or equal'),
  (pg_temp.p('lt', 'p', '1'), 'n0 +false', 'less'),
  (pg_temp.p('lte', 'p', '1'), 'n0 n1 +false', 'or equal'),
  (pg_temp.p('like', 'only', 'long%lo__ '), 'n3 +false', 'like'),
  (pg_temp.p('eq', 'only', repeat('long ', 1000)), 'n3 +false', 'a value longer than an index takes'),
  (jsonb_build_array('not', pg_temp.e('eq', 'a', 'x1')), 'n0 n2 n3 n4 +false', 'not'),
  (jsonb_build_array('and', pg_temp.p('gt', 'p', '0'), pg_temp.e('in', 'a', 'x0', 'x1', 'x2')), 'n1 n2 +false', 'and'),
  (jsonb_build_array('or', pg_temp.e('eq', 'a', 'x4'), pg_temp.p('eq', 'p', '0')), 'n0 n4 +false', 'or, by both tags'),
  (jsonb_build_array('or', pg_temp.e('eq', 'a', 'x4'), pg_temp.p('lt', 'p', '1')), 'n0 n4 +false', 'or, one by one'),
  (jsonb_build_array('and', jsonb_build_array('or', pg_temp.e('eq', 'a', 'x1'), pg_temp.e('eq', 'a', 'x2')), jsonb_build_array('not', pg_temp.p('eq', 'p', '2'))), 'n1 +false', 'all together')) x (q, want, says);
SELECT is(pg_temp.asks('w', 'record_search', jsonb_build_object('type', pg_temp.b64('T'), 'query', q)), '"QUERY_ERROR"', 'no query: ' || left(q::text, 60)) FROM (VALUES
  ('{}'::jsonb), ('[]'), ('["xor"]'), ('["not"]'), ('["eq", "e", "AA=="]'), ('["gt", "e", "AA==", "AA=="]'), ('["eq", "p", "AA==", 1]'), ('["eq", "p", "AA==", "a", "b"]'), ('[["and"]]'),
  ('["and",["and",["and",["and",["and",["and",["and",["and",["and"]]]]]]]]]')) x (q);
SELECT is(pg_temp.found('["and"]', '{"limit": 2, "want_total": true}'), 'n0 n1 +true of 5', 'a page, and how many there are');
SELECT is(pg_temp.found('["and"]', jsonb_build_object('limit', 3, 'cursor', pg_temp.asks('w', 'record_search', jsonb_build_object('type', pg_temp.b64('T'), 'limit', 2)) -> 'cursor')), 'n2 n3 n4 +false', 'the next');
SELECT is((SELECT string_agg(convert_from(decode(x ->> 'value', 'base64'), 'UTF8'), ' ') FROM jsonb_array_elements(pg_temp.asks('x', 'record_page', '{}') -> 'items') x), 'v0 v1 v2 v3 v4', 'all of a wallet, for an export');
-- a page is one frame, also when the bytes are those of tags: 1.8 MB each as text
INSERT INTO core.wallet_item (wallet, type, name, value, key) SELECT w.serial, 'B', i::text::bytea, 'v', 'k' FROM core.wallet w, generate_series(1, 5) i WHERE w.name = 'w';
INSERT INTO core.wallet_tag (item, wallet, name, value, plain) SELECT id, wallet, 'b', repeat(chr(1), 300000)::bytea, true FROM core.wallet_item WHERE type = 'B';
CREATE FUNCTION pg_temp.pages(p_n text, p_call text, p_args jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v jsonb; v_said text := '';
BEGIN
  LOOP
    v := pg_temp.asks(p_n, p_call, p_args || coalesce(jsonb_build_object('cursor', v -> 'cursor'), '{}'));
    v_said := concat_ws(' ', v_said, CASE WHEN octet_length(v::text) < 4194304 - 1024 THEN jsonb_array_length(v -> 'items')::text ELSE 'too long' END);
    EXIT WHEN v ->> 'cursor' IS NULL;
  END LOOP;
  RETURN v_said;
END $$;
SELECT is(pg_temp.pages('w', 'record_search', jsonb_build_object('type', pg_temp.b64('B'), 'limit', 100)), ' 2 2 1', 'a search counts the bytes of tags');
SELECT is(pg_temp.pages('x', 'record_page', '{}'), ' 7 2 1', 'so does an export');
DELETE FROM core.wallet_item WHERE type = 'B';
UPDATE core.wallet_item SET expires_at = clock_timestamp() WHERE name = 'n1';
SELECT is(pg_temp.found('["and"]'), 'n0 n2 n3 n4 +false', 'what expired is not found');
SELECT is(pg_temp.asks('w', 'record_get', jsonb_build_object('type', pg_temp.b64('T'), 'name', pg_temp.b64('n1'))), 'null', 'nor got');
-- how many rows a question looks at: of 2 x 5,000 tags in two wallets
INSERT INTO core.wallet_item (wallet, type, name, value, key) SELECT w.serial, 'T', convert_to('many' || i, 'UTF8'), 'v', 'k' FROM core.wallet w, generate_series(1, 5000) i WHERE w.name IN ('w', 'm');
INSERT INTO core.wallet_tag (item, wallet, name, value, plain) SELECT id, wallet, 'b', name, false FROM core.wallet_item WHERE convert_from(name, 'UTF8') LIKE 'many%';
INSERT INTO core.wallet_tag (item, wallet, name, value, plain) SELECT id, wallet, 'c', name, true FROM core.wallet_item WHERE convert_from(name, 'UTF8') LIKE 'many%';
CREATE FUNCTION pg_temp.looks() RETURNS bigint LANGUAGE sql AS
$$ SELECT sum(pg_stat_get_xact_tuples_returned(c) + pg_stat_get_xact_tuples_fetched(c))::bigint FROM unnest(ARRAY['core.wallet_item', 'core.wallet_tag', 'core.wallet_item_pkey', 'core.wallet_item_page',
     'core.wallet_tag_item', 'core.wallet_tag_sealed', 'core.wallet_tag_plain']::regclass[]) c $$;
CREATE FUNCTION pg_temp.cost(q jsonb, p jsonb DEFAULT '{}') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v bigint := pg_temp.looks();
BEGIN
  PERFORM pg_temp.found(q, p);
  RETURN pg_temp.looks() - v;
END $$;
SELECT cmp_ok(pg_temp.cost(q), '<', 100::bigint, 'few rows are looked at: ' || says) FROM (VALUES
  (pg_temp.e('eq', 'b', 'many77'), 'a sealed tag'), (pg_temp.p('eq', 'c', 'many77'), 'a plain one'),
  (jsonb_build_array('and', pg_temp.p('gt', 'c', 'a'), pg_temp.e('in', 'b', 'many7', 'many8')), 'a sealed one beside a comparison')) x (q, says);
SELECT cmp_ok(pg_temp.cost('["and"]', '{"limit": 10}'), '<', 2000::bigint, 'a page of all is not all');

-- imports
CREATE FUNCTION pg_temp.items(VARIADIC p text[]) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('items', jsonb_agg(jsonb_build_object('type', pg_temp.b64('T'), 'name', pg_temp.b64(n), 'value', pg_temp.b64('v'), 'key', pg_temp.b64('k'), 'tags', '[]'::jsonb))) FROM unnest(p) n $$;
SELECT is(pg_temp.asks('w', c, pg_temp.items('a')), '"INTERNAL"', 'a kind without use for it may not ask ' || c) FROM unnest(ARRAY['import_put', 'rev_state', 'rev_index', 'offer_take', 'request_nonce', 'record_page']) c;
SELECT is(pg_temp.asks('new', 'import_put', pg_temp.items('a', 'b')), '{}', 'staged');
SELECT is(pg_temp.asks('new', 'import_put', pg_temp.items('c', 'a')), '"ITEM_EXISTS"', 'a name twice');
SELECT is((api.wallet_list(pg_temp.auth('ann', 'cred:read', false), '{"limit": 9}')).body #>> '{data,1,wallet}', 'm', 'nobody sees it');
SELECT is(pg_temp.asks('new', 'import_put', pg_temp.items('c')), '{}', 'more');
SELECT is(pg_temp.end(pg_temp.l('new'), pg_temp.good(jsonb_build_array(jsonb_build_object('op', 'import_commit', 'method', 'raw', 'keys', pg_temp.b64('kk'))))), NULL, 'committed');
SELECT is((SELECT string_agg(convert_from(i.name, 'UTF8'), ' ' ORDER BY i.id) FROM core.wallet w JOIN core.wallet_item i ON i.wallet = w.serial WHERE w.name = 'imp' AND w.job IS NULL AND w.sealed_keys = 'kk'), 'a b c', 'it is there, whole');
SELECT pg_temp.hold('lost', 'wallet.import', '{"id": "lost"}') \g /dev/null
SELECT pg_temp.asks('lost', 'import_put', pg_temp.items('a')) \g /dev/null
SELECT pg_temp.end(pg_temp.l('lost'), pg_temp.bad('IMPORT_TRUNCATED')) \g /dev/null
SELECT is((SELECT count(*) FROM core.wallet WHERE name = 'lost'), 0::bigint, 'one that failed leaves nothing');
SELECT pg_temp.hold('gone', 'wallet.import', '{"id": "gone"}') \g /dev/null
SELECT pg_temp.asks('gone', 'import_put', pg_temp.items('a')) \g /dev/null
UPDATE core.wallet SET created_at = created_at - interval '2 min' WHERE name = 'gone';
SELECT is(core.cred_retain_step() > 0, true, 'upkeep has something to do');
SELECT is((SELECT count(*) FROM core.wallet WHERE name = 'gone'), 1::bigint, 'but leaves one alone that is under way');
UPDATE core.worker SET state = 'gone';
SELECT core.lease_reap() \g /dev/null
SELECT core.cred_retain_step() \g /dev/null
SELECT is((SELECT count(*) FROM core.wallet WHERE name = 'gone'), 0::bigint, 'when its worker is lost it goes');
SELECT * FROM finish();
ROLLBACK;
