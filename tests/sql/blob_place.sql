-- Objects at places: written down before, named after, removed once, whoever died when.
BEGIN;
SELECT no_plan() \g /dev/null
CREATE FUNCTION pg_temp.place(p text, p_store text DEFAULT 's3') RETURNS uuid LANGUAGE sql AS $$ SELECT api.blob_coming(p_store, sha256(p::bytea), length(p)) $$;
CREATE FUNCTION pg_temp.keep(p text, p_place uuid, p_store text DEFAULT 's3') RETURNS void LANGUAGE sql AS $$ SELECT core.blob_keep(sha256(p::bytea), length(p), p_store, NULL, p_place) $$;
CREATE FUNCTION pg_temp.state(p uuid) RETURNS text LANGUAGE sql AS $$ SELECT coalesce((SELECT state FROM core.blob_place WHERE place = p), 'none') $$;
CREATE FUNCTION pg_temp.dead() RETURNS uuid[] LANGUAGE sql AS $$ SELECT array_agg(place ORDER BY place) FROM api.blob_dead(10) $$;

SELECT pg_temp.place('a') AS a \gset
SELECT is(pg_temp.state(:'a'), 'coming', 'a place is written down first');
SELECT is(pg_temp.dead(), NULL, 'and is not removed while its writer may live');
SELECT lives_ok(format($$SELECT pg_temp.keep('a', %L)$$, :'a'), 'a row names it');
SELECT is(pg_temp.state(:'a'), 'named', 'now it is the blob');
SELECT is((SELECT place::text || store FROM api.blob_get(sha256('a'))), :'a' || 's3', 'as readers are told');
SELECT lives_ok(format($$SELECT pg_temp.keep('a', %L)$$, :'a'), 'the same call again, when its first commit was in doubt');
SELECT is(pg_temp.state(:'a'), 'named', 'changes nothing');

SELECT pg_temp.place('a') AS b \gset
SELECT lives_ok(format($$SELECT pg_temp.keep('a', %L)$$, :'b'), 'a second writer of the same bytes');
SELECT is(pg_temp.state(:'b'), 'dead', 'has stored one too many');
SELECT is(pg_temp.dead(), ARRAY[:'b'::uuid], 'which goes at once');
SELECT is(pg_temp.dead(), NULL, 'and is given to one remover');
UPDATE core.blob_place SET retry_at = '-infinity' WHERE place = :'b';
SELECT is(pg_temp.dead(), ARRAY[:'b'::uuid], 'until that has died');
SELECT is(api.blob_buried(:'b', 10), false, 'buried');
SELECT is(pg_temp.state(:'b'), 'none', 'forgotten');
SELECT is(api.blob_buried(:'a', 10), false, 'what is named');
SELECT is(pg_temp.state(:'a'), 'named', 'cannot be buried');
UPDATE core.blob SET touched_at = '2000-01-01';
SELECT pg_temp.place('a') AS c \gset
SELECT lives_ok(format($$SELECT pg_temp.keep('a', %L)$$, :'c'), 'one more, when the row was long untouched');
SELECT is(pg_temp.state(:'c') || pg_temp.state(:'a'), 'deadnamed', 'is one too many as well');
SELECT is(api.blob_buried(:'c', 10), false, 'and goes');

SELECT pg_temp.place('w') AS w \gset
UPDATE core.blob_place SET at = '2000-01-01' WHERE place = :'w';
SELECT is(pg_temp.dead(), ARRAY[:'w'::uuid], 'a writer that never came back');
SELECT throws_ok(format($$SELECT pg_temp.keep('w', %L)$$, :'w'), '40001', NULL, 'is told to write again when it does');
SELECT throws_ok(format($$SELECT pg_temp.keep('w', %L)$$, gen_random_uuid()), '40001', NULL, 'as is one with a place that is unknown');
SELECT pg_temp.place('x') AS x \gset
SELECT throws_ok(format($$SELECT pg_temp.keep('other', %L)$$, :'x'), '40001', NULL, 'or of other bytes');
SELECT throws_ok($$INSERT INTO core.blob (sha256, size, store) VALUES (sha256('n'), 1, 's3')$$, '23514', NULL, 'no such blob without a place');

-- retention
UPDATE core.blob SET touched_at = '2000-01-01' WHERE place = :'a';
INSERT INTO core.blob_loose VALUES (sha256('a'), '2000-01-01');
SELECT is((SELECT count(*) FROM api.blob_doomed(10)), 0::bigint, 'no file to unlink');
SELECT is(pg_temp.state(:'a'), 'dead', 'the object is given up');
SELECT is((SELECT count(*) FROM api.blob_get(sha256('a'))), 0::bigint, 'the blob is gone');
SELECT pg_temp.place('a') AS d \gset
SELECT lives_ok(format($$SELECT pg_temp.keep('a', %L)$$, :'d'), 'the same bytes may come again meanwhile');
SELECT is(pg_temp.dead(), ARRAY[:'a'::uuid], 'and the removal of the old ones');
SELECT is(api.blob_buried(:'a', 10), false, 'does not touch them');
SELECT is(pg_temp.state(:'d'), 'named', 'at all');

-- pieces
SELECT pg_temp.place('rows', 'rows') AS r \gset
SELECT lives_ok(format($$SELECT api.blob_piece_put(%L, i, '\x01') FROM generate_series(0, 4) i$$, :'r'), 'pieces');
SELECT lives_ok(format($$SELECT api.blob_piece_put(%L, 0, '\x02')$$, :'r'), 'one again');
SELECT is(api.blob_piece_get(:'r', 0), '\x01'::bytea, 'changes nothing');
SELECT is(api.blob_piece_get(:'r', 5), NULL, 'no more');
SELECT throws_ok(format($$SELECT api.blob_piece_put(%L, 9, '\x01')$$, :'x'), '40001', NULL, 'not at a place of another store');
SELECT throws_ok(format($$SELECT api.blob_piece_put(%L, 9, repeat('a', 1048577)::bytea)$$, :'r'), '22023', NULL, 'nor larger ones');
SELECT lives_ok(format($$SELECT pg_temp.keep('rows', %L, 'rows')$$, :'r'), 'named');
SELECT throws_ok(format($$SELECT api.blob_piece_put(%L, 9, '\x01')$$, :'r'), '40001', NULL, 'what is named does not change');
SELECT is(core.blob_part(sha256('rows')) ->> 'store', 'rows', 'the front is told where');
UPDATE core.blob_place SET state = 'dead' WHERE place = :'r';
DELETE FROM core.blob WHERE place = :'r';
SELECT is(api.blob_buried(:'r', 3), true, 'some pieces go');
SELECT is(api.blob_buried(:'r', 3), false, 'then the rest');
SELECT is((SELECT count(*) FROM core.blob_piece), 0::bigint, 'none is left');

-- who may
SELECT ok(has_function_privilege('darkroom_fcgi', 'api.blob_coming(text, bytea, bigint)', 'EXECUTE'), 'the front stores');
SELECT ok(NOT has_function_privilege('darkroom_fcgi', 'api.blob_dead(int)', 'EXECUTE'), 'and removes nothing');
SELECT ok(has_function_privilege('darkroom_worker', 'api.blob_buried(uuid, int)', 'EXECUTE'), 'a worker does');
SELECT ok(NOT has_function_privilege('darkroom_operator', 'api.blob_piece_get(uuid, int)', 'EXECUTE'), 'others read none');
SELECT * FROM finish();
ROLLBACK;
