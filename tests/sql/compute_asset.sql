-- Assets, their versions and policies, products, scripts, blobs.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.set(p jsonb, p_who text DEFAULT 'own') RETURNS core.answer LANGUAGE sql AS $$ SELECT api.asset_set(pg_temp.auth(p_who, 'asset:write'), p) $$;
CREATE FUNCTION pg_temp.show(p_name text, p_who text DEFAULT 'own', p jsonb DEFAULT '{}') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.asset_show(pg_temp.auth(p_who, 'asset:read', false), jsonb_build_object('asset_id', p_name) || p) $$;

-- put
SELECT is((SELECT a.body - 'created_at' || jsonb_build_object('st', a.status) FROM pg_temp.put('n', 'csv', 'one') a), jsonb_build_object('st', 201, 'asset_id', 'n', 'version', 1, 'sha256', encode(sha256('one'), 'hex'), 'size', 3, 'kind', 'csv'), 'new');
SELECT is((SELECT (a.status, a.body -> 'version')::text FROM pg_temp.put('n', 'csv', 'one') a), '(200,1)', 'equal bytes change nothing');
SELECT is((SELECT (a.status, a.body -> 'version')::text FROM pg_temp.put('n', 'tsv', 'one') a), '(200,2)', 'another kind is a version');
SELECT is((SELECT (a.status, a.body -> 'version')::text FROM pg_temp.put('n', 'csv', 'two') a), '(200,3)', 'other bytes are');
SELECT is(pg_temp.says(pg_temp.put('n', 'csv', 'x', 'con')), 'FORBIDDEN scope asset:write is not among this principal''s rights', 'consumers store none');
SELECT is(pg_temp.says(pg_temp.put('n', 'csv', 'x', 'own', '{"if_none_match": "*"}')), 'PRECONDITION_FAILED If-None-Match: the asset is there', 'only if it is new');
SELECT is(pg_temp.says(pg_temp.put('n', 'csv', 'x', 'own', '{"if_match": "\"00\""}')), 'PRECONDITION_FAILED If-Match: the asset is not at that version', 'only if it is that version');
SELECT is(pg_temp.says(pg_temp.put('m', 'csv', 'x', 'own', '{"if_match": "*"}')), 'PRECONDITION_FAILED If-Match: the asset is not at that version', 'only if there is one');
SELECT is(pg_temp.says(pg_temp.put('n', 'csv', 'three', 'own', jsonb_build_object('if_match', '"' || encode(sha256('two'), 'hex') || '"'))), '200', 'it is');
SELECT is(pg_temp.says(pg_temp.put('n2', 'csv', 'three', 'own', '{"if_none_match": "*"}')), '201', 'it is new');
SELECT is((SELECT count(*) FROM core.blob WHERE sha256 = sha256('three')), 1::bigint, 'equal bytes are kept once');
UPDATE core.blob SET dying = true WHERE sha256 = sha256('three');
SELECT is(pg_temp.says(pg_temp.put('n3', 'csv', 'three')), 'BACKPRESSURE an older copy is being removed: send it again', 'bytes that are just going');
UPDATE core.blob SET dying = false;
SELECT pg_temp.file('', '', 'idem') || pg_temp.idem('{"asset_id": "i", "kind": "csv"}') AS r \gset
SELECT is((SELECT array_agg(concat_ws(' ', a.status, a.extra -> 'replayed')) FROM generate_series(1, 2) n, LATERAL (SELECT * FROM api.asset_put(pg_temp.auth('own', 'asset:write'), :'r'::jsonb || jsonb_build_object('n', n))) a), '{201,"201 true"}', 'a repeated upload');
SELECT is(pg_temp.says(api.asset_put(pg_temp.auth('own', 'asset:write'), :'r'::jsonb || '{"idem_digest": "00"}')), 'CONFLICT this Idempotency-Key was used with another request', 'with another body');

-- may I upload: asked first, costs nothing
SELECT pg_temp.auth('own', 'asset:write') AS a \gset
SELECT is(pg_temp.says(api.asset_put_check(:'a', '{"asset_id": "n"}')), '204', 'yes');
SELECT is(pg_temp.says(api.asset_put_check(:'a', '{"asset_id": "n"}')), '204', 'its nonce is not used up');
SELECT is(pg_temp.says(api.asset_put_check(:'a', '{"asset_id": "n", "if_none_match": "*"}')), 'PRECONDITION_FAILED If-None-Match: the asset is there', 'nor would it pass');
SELECT is(pg_temp.says(api.asset_put(:'a', jsonb_build_object('asset_id', 'c', 'kind', 'file') || pg_temp.file('', '', 'c'))), '201', 'the upload');
SELECT is(pg_temp.says(api.asset_put_check(:'a', '{"asset_id": "n"}')), 'FORBIDDEN nonce was used before', 'uses it');
SELECT is(pg_temp.says(api.asset_put_check(pg_temp.auth('con', 'asset:write'), '{}')), 'FORBIDDEN scope asset:write is not among this principal''s rights', 'strangers fill no disk');
SELECT is(pg_temp.says(api.script_put_check(pg_temp.auth('con', 'job:submit'), '{}')), '204', 'scripts likewise');

-- show and list
SELECT is((SELECT a.body - ARRAY['created_at', 'updated_at'] FROM pg_temp.show('d1') a), jsonb_build_object('asset_id', 'd1', 'kind', 'csv', 'columns', '[{"name": "a", "type": "int"}]'::jsonb, 'title', NULL,
  'keywords', '[]'::jsonb, 'note', NULL, 'version', 1, 'sha256', encode(sha256('a,b'), 'hex'), 'size', 3, 'row_count', 1, 'release_mode', 'auto', 'policy', '{}'::jsonb), 'its owner sees all');
SELECT is((SELECT a.body FROM pg_temp.show('d1', 'con') a), '{"asset_id": "d1", "kind": "csv", "columns": [{"name": "a", "type": "int"}], "owner": "prn_own"}', 'the holder of a lease kind and columns');
SELECT is((SELECT a.body ->> 'owner' FROM pg_temp.show('d1', 'con', '{"owner": "peer_own"}') a), 'prn_own', 'by owner');
SELECT is(pg_temp.says(pg_temp.show('d1', 'con', '{"owner": "prn_own2"}')), 'NOT_FOUND no such asset', 'of another owner');
SELECT is(pg_temp.says(pg_temp.show('d1', 'con2')), 'NOT_FOUND no such asset', 'others nothing');
SELECT is(pg_temp.says(pg_temp.show('n', 'con')), 'NOT_FOUND no such asset', 'what no lease covers');
UPDATE core.data_lease SET expires_at = clock_timestamp() WHERE lease_id = 'L';
SELECT is(pg_temp.says(pg_temp.show('d1', 'con')), 'NOT_FOUND no such asset', 'nor after the lease');
UPDATE core.data_lease SET expires_at = clock_timestamp() + interval '1 d';
SELECT is((SELECT a.extra ->> 'etag' FROM pg_temp.show('d1') a), encode(sha256('a,b'), 'hex'), 'its validator is its digest');
CREATE FUNCTION pg_temp.names(a core.answer) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(x ->> 'asset_id', ' ' ORDER BY n) FROM jsonb_array_elements(a.body -> 'data') WITH ORDINALITY e (x, n) $$;
SELECT is(pg_temp.names(api.asset_list(pg_temp.auth(w, 'asset:read', false), '{}')), l, w) FROM (VALUES ('own', 'd1 d2 d3 n n2 i c'), ('con', 'd1 d2 d3'), ('con2', NULL), ('own2', NULL)) t (w, l);
SELECT is(pg_temp.names(a) || '|' || pg_temp.names(api.asset_list(pg_temp.auth('own', 'asset:read', false), jsonb_build_object('limit', 4, 'cursor', a.body -> 'nextCursor'))), 'd1 d2 d3 n|n2 i c', 'pages')
  FROM api.asset_list(pg_temp.auth('own', 'asset:read', false), '{"limit": 4}') a;

-- set
SELECT is((SELECT (a.body ->> 'title', a.body -> 'keywords', a.body #>> '{columns,0,type}', a.body ->> 'release_mode', a.body -> 'policy')::text
  FROM pg_temp.set('{"asset_id": "n", "title": "T", "keywords": ["k"], "columns": [{"name": "a", "type": "text"}], "release_mode": "hold", "policy": {"isolation": "job"}}') a),
  '(T,"[""k""]",text,hold,"{""isolation"": ""job""}")', 'everything');
SELECT is((SELECT (a.body ->> 'title', a.body -> 'keywords', a.body ->> 'release_mode')::text FROM pg_temp.set('{"asset_id": "n", "keywords": []}') a), '(T,[],hold)', 'what is not given stays');
SELECT is(pg_temp.says(pg_temp.set(jsonb_build_object('asset_id', 'n') || p)), 'VALIDATION_ERROR ' || m, m) FROM (VALUES
  ('{"policy": []}'::jsonb, 'policy must be an object'),
  ('{"policy": {"x": 1}}', 'policy may have isolation, limits and images'),
  ('{"policy": {"isolation": "vm"}}', 'policy.isolation must be zygote or job'),
  ('{"policy": {"limits": 1}}', 'policy.limits must be an object'),
  ('{"policy": {"limits": {"cpus": 9}}}', 'policy.limits.cpus must be a whole number from 1 to 8'),
  ('{"policy": {"images": [1]}}', 'policy.images must be a list of names'),
  ('{"release_mode": "two"}', 'release_mode must be auto or hold')) t (p, m);
SELECT is(pg_temp.says(pg_temp.set('{"asset_id": "d1"}', 'own2')), 'NOT_FOUND no such asset', 'not another''s');
SELECT is(pg_temp.says(api.asset_remove(pg_temp.auth('own2', 'asset:write'), '{"asset_id": "d1"}')), 'NOT_FOUND no such asset', 'nor removed');

-- jobs keep their version
SELECT pg_temp.start() AS p \gset
SELECT is(pg_temp.says(pg_temp.put('d1', 'csv', 'newer')), '200', 'a new version');
SELECT is((SELECT j.shared #>> '{inputs,0,sha256}' FROM core.job j JOIN core.computation m ON m.job_id = j.id WHERE m.public_id = :'p'), encode(sha256('a,b'), 'hex'), 'does not reach a job');

-- products
CREATE FUNCTION pg_temp.prod(p jsonb, p_who text DEFAULT 'own') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.product_put(pg_temp.auth(p_who, 'asset:write'), pg_temp.idem('{"productId": "did:pandacea:e:a/1", "name": "N", "dataType": "csv", "keywords": ["Heart", "rate"], "assets": ["d1"]}' || p)) $$;
SELECT is((SELECT (a.status, a.body -> 'assets', a.body -> 'keywords')::text FROM pg_temp.prod('{}') a), '(201,"[""d1""]","[""Heart"", ""rate""]")', 'a product');
SELECT is((SELECT (a.status, a.body -> 'assets', a.body ->> 'name')::text FROM pg_temp.prod('{"assets": ["d2", "d3"], "name": "M"}') a), '(200,"[""d2"", ""d3""]",M)', 'replaced');
SELECT is(pg_temp.says(pg_temp.prod('{"assets": []}', 'own2')), 'CONFLICT productId belongs to somebody else', 'not another''s');
SELECT is(pg_temp.says(pg_temp.prod('{"assets": ["d1"], "productId": "did:pandacea:e:a/2"}', 'own2')), 'VALIDATION_ERROR assets[0] is not an asset of yours', 'nor with another''s data');
SELECT is(pg_temp.says(pg_temp.prod(jsonb_build_object('chain_product_id', repeat('ab', 32)))), '200', 'a chain id');
SELECT is(pg_temp.says(pg_temp.prod(jsonb_build_object('chain_product_id', repeat('ab', 32), 'productId', 'did:pandacea:e:a/3'))), 'CONFLICT chain_product_id belongs to another product', 'is one product''s');
SELECT is(pg_temp.says(pg_temp.prod('{"productId": "did:pandacea:e:a/2", "assets": [], "keywords": []}', 'own2')), '201', 'another owner''s');
CREATE FUNCTION pg_temp.prods(p jsonb) RETURNS core.answer LANGUAGE sql AS $$ SELECT api.product_list(pg_temp.auth('con', 'asset:read', false), p) $$;
SELECT is((SELECT r.body #> '{data,0}' FROM pg_temp.prods('{}') r), '{"productId": "did:pandacea:e:a/1", "name": "N", "dataType": "csv", "keywords": ["Heart", "rate"]}', 'the public row');
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM pg_temp.prods(p::jsonb) r), n, p) FROM (VALUES ('{}', 2), ('{"keywords": "heart,x"}', 1), ('{"keywords": "x y"}', 0), ('{"keywords": ""}', 2)) t (p, n);
SELECT is((SELECT (b.body #>> '{data,0,productId}', b.body ->> 'nextCursor')::text FROM pg_temp.prods('{"limit": 1}') a, pg_temp.prods(jsonb_build_object('limit', 1, 'cursor', a.body -> 'nextCursor')) b), '(did:pandacea:e:a/2,"")', 'pages');
SELECT is((SELECT a.body ? 'assets' FROM api.product_show(pg_temp.auth(w, 'asset:read', false), '{"productId": "did:pandacea:e:a/1"}') a), w = 'own', 'show to ' || w) FROM unnest(ARRAY['con', 'own']) w;
SELECT is(pg_temp.says(api.product_show(pg_temp.auth('con', 'asset:read', false), '{"productId": "x"}')), 'NOT_FOUND no such product', 'an unknown one');
SELECT is(array_agg(pg_temp.says(api.product_remove(pg_temp.auth(w, 'asset:write'), '{"productId": "did:pandacea:e:a/1"}'))), '{"NOT_FOUND no such product",204,"NOT_FOUND no such product"}', 'removed once, by its owner') FROM unnest(ARRAY['own2', 'own', 'own']) w;

SELECT * FROM finish();
ROLLBACK;
