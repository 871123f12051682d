-- What rests under another node key: counted, paged, written anew.
BEGIN;
\ir cred.psql
SELECT core.tenant_enter('*') \g /dev/null
-- a value under key k (4 bytes)
CREATE FUNCTION pg_temp.under(p_key text, p_text text) RETURNS bytea LANGUAGE sql AS $$ SELECT '\x01'::bytea || decode(p_key, 'hex') || p_text::bytea $$;
CREATE TABLE pg_temp.held AS SELECT (l).* FROM (SELECT pg_temp.start('keys.rewrap', '{}', '{}', 'op') l) x;
CREATE FUNCTION pg_temp.asks(p_call text, p_args jsonb) RETURNS jsonb LANGUAGE sql AS
$$ SELECT coalesce(a -> 'err' -> 'code', a -> 'value') FROM pg_temp.held h, api.job_ask(h.id, h.token, p_call, p_args || '{"key": "aaaaaaaa"}') a $$;
CREATE FUNCTION pg_temp.counts(p_name text) RETURNS text LANGUAGE sql AS
$$ WITH RECURSIVE piece (v) AS (
     SELECT pg_temp.asks('sealed_count', jsonb_build_object('name', p_name))
      UNION ALL
     SELECT pg_temp.asks('sealed_count', jsonb_build_object('name', p_name, 'after', v -> 'after')) FROM piece WHERE v ? 'after')
   SELECT concat_ws('/', sum((v ->> 'rows')::int), sum((v ->> 'old')::int)) FROM piece $$;
CREATE FUNCTION pg_temp.page(p_name text, p_after jsonb DEFAULT 'null') RETURNS jsonb LANGUAGE sql AS $$ SELECT pg_temp.asks('sealed_page', jsonb_build_object('name', p_name, 'after', p_after)) $$;

SELECT is(pg_temp.says(pg_temp.submit('keys.rewrap', '{}')), 'FORBIDDEN this kind is for operators', 'the node''s own affair');
SELECT is((SELECT count(*) FROM core.sealed_column), 10::bigint, 'every column is known');
SELECT is((SELECT string_agg(s.name, ' ' ORDER BY s.place) FROM core.sealed_column s
            WHERE NOT EXISTS (SELECT FROM information_schema.columns c WHERE c.table_schema = 'core' AND c.table_name = s.relation AND c.column_name = s.col AND c.data_type = 'bytea')), NULL, 'and there is');
-- a column of core that is sealed and has no row here: say it in core.sealed_column, or below why not
SELECT is((SELECT string_agg(c.table_name || '.' || c.column_name, ' ' ORDER BY 1) FROM information_schema.columns c JOIN pg_class p ON p.relname = c.table_name AND p.relnamespace = 'core'::regnamespace AND NOT p.relispartition
            WHERE c.table_schema = 'core' AND c.data_type = 'bytea' AND c.column_name ~ 'seal|managed|noise|secret|private'
              AND NOT EXISTS (SELECT FROM core.sealed_column s WHERE s.relation = c.table_name AND s.col = c.column_name)), 'principal.seal_key private_result.sealed wallet.sealed_keys', 'no other column is sealed to the node: one is a public key, results are to the front, keys of a wallet under its own');

-- pages
DELETE FROM core.prime;
INSERT INTO core.prime (id, bits, sealed, expires_at) SELECT to_char(i, 'fm000'), 1024, pg_temp.under(CASE WHEN i % 2 = 0 THEN 'aaaaaaaa' ELSE 'bbbbbbbb' END, 'p' || i), 'infinity' FROM generate_series(1, 250) i;
SELECT is(pg_temp.counts('prime'), '250/125', 'as many rest, as many under another key');
SELECT is(jsonb_array_length(pg_temp.page('prime') -> 'reseal'), 100, 'a page has a hundred');
SELECT is(pg_temp.page('prime') -> 'reseal' -> 0, jsonb_build_object('id', '["001"]'::jsonb, 'was', encode(sha256(pg_temp.under('bbbbbbbb', 'p1')), 'hex'), 'form', 'row',
  'sealed', encode(pg_temp.under('bbbbbbbb', 'p1'), 'base64'), 'at', '{"table": "prime", "id": "001", "tenant": ""}'::jsonb), 'with the place that it was sealed to');
SELECT is(pg_temp.page('prime') -> 'after', '["199"]', 'and where it ends');
SELECT is((SELECT jsonb_array_length(p -> 'reseal') || coalesce(p ->> 'after', ' the last') FROM pg_temp.page('prime', '["199"]') p), '25 the last', 'the next is the last');
UPDATE core.prime SET sealed = sealed || decode(repeat('00', 700000), 'hex') WHERE id IN ('001', '003', '005');
SELECT is((SELECT jsonb_array_length(p -> 'reseal') || (p ->> 'after') FROM pg_temp.page('prime') p), '1["001"]', 'large values are fewer a page');
UPDATE core.prime SET sealed = pg_temp.under('bbbbbbbb', repeat('p', 3100000 - 5)) WHERE id = '003';
SELECT is((SELECT r FROM jsonb_array_elements(pg_temp.page('prime', '["001"]') -> 'reseal') WITH ORDINALITY e (r, i) WHERE i = 1),
  '{"id": ["003"], "form": "row", "large": true, "at": {"table": "prime", "id": "003", "tenant": ""}}', 'one that no answer carries comes without its text');
SELECT is((SELECT string_agg(r #>> '{id,0}', ' ') FROM jsonb_array_elements(pg_temp.page('prime', '["001"]') -> 'reseal') r WHERE r #>> '{id,0}' < '008'), '003 005 007', 'and others beside it');

-- pieces: however little is to be found, a call looks at a thousand keys
INSERT INTO core.prime (id, bits, sealed, expires_at) SELECT 'q' || i, 1024, pg_temp.under('aaaaaaaa', 'q'), 'infinity' FROM generate_series(1000, 3499) i;
UPDATE core.prime SET sealed = pg_temp.under('bbbbbbbb', 'q') WHERE id = 'q3499';
SELECT is(pg_temp.page('prime', '["250"]'), '{"reseal": [], "after": ["q1999"]}', 'a page of nothing says where it ended');
SELECT is(pg_temp.page('prime', '["q1999"]'), '{"reseal": [], "after": ["q2999"]}', 'so does the next');
SELECT is((SELECT (p #>> '{reseal,0,id,0}') || coalesce(p ->> 'after', ' the last') FROM pg_temp.page('prime', '["q2999"]') p), 'q3499 the last', 'until what is behind them is met');
SELECT is(pg_temp.asks('sealed_count', '{"name": "prime", "after": ["250"]}'), '{"name": "prime", "form": "row", "rows": 1000, "old": 0, "after": ["q1999"]}', 'a count is of a piece');
SELECT is(pg_temp.counts('prime'), '2750/126', 'and of all, piece by piece');
SELECT is(pg_temp.asks('sealed_count', '{}') - 'rows' - 'old', '{"name": "wallet", "form": "row", "next": "registry"}', 'the first column is met without its name, and names the next');
SELECT is(pg_temp.asks('sealed_count', '{"name": "open job"}') - 'rows', '{"name": "open job", "form": "read"}', 'the last names none');
INSERT INTO core.agg_task (task_id, profile, role, mode, spec, sealed, digest, precision_s, min_batch_size, skew_s, retain_s, owner) VALUES (sha256('t'), '09', 'leader', 1, '{}', 'box', '', 1, 1, 0, 1, 1);
INSERT INTO core.agg_part (task_no, bucket, job_no, sealed, count, checksum, t_min, t_max) SELECT t.task_no, decode(b, 'hex'), j, pg_temp.under('bbbbbbbb', 'sum'), 1, 0::bit(256), 0, 0
  FROM core.agg_task t, (VALUES ('00ff', 1), ('00ff', 2), ('fb', 1)) x (b, j) WHERE t.task_id = sha256('t');
SELECT is((SELECT string_agg(concat_ws(' ', r -> 'id' ->> 1, r -> 'id' ->> 2, r #>> '{at,table}'), ', ') FROM jsonb_array_elements(pg_temp.page('sum') -> 'reseal') r), '\x00ff 1 agg_part, \x00ff 2 agg_part, \xfb 1 agg_part', 'a key of three columns');
SELECT is(jsonb_array_length(pg_temp.page('sum', pg_temp.page('sum') -> 'reseal' -> 1 -> 'id') -> 'reseal'), 1, 'goes on behind any of them');
SELECT is((SELECT concat_ws(' ', r ->> 'form', r ->> 'sealed') FROM jsonb_array_elements(pg_temp.page('task') -> 'reseal') r), 'box ' || pg_temp.b64('box'), 'boxes come all: they do not say whose they are');
SELECT is(pg_temp.counts('task'), '1', 'nor are they counted so');
SELECT is(pg_temp.counts('unlock'), '1/1', 'an unlock is counted');
INSERT INTO core.wallet_unlock (sha256, wallet, principal, sealed_master, expires_at)
SELECT sha256('h0'), serial, owner, '\x02aaaaaaaa'::bytea || convert_to(repeat('m', 67), 'UTF8'), clock_timestamp() + interval '1 h' FROM core.wallet WHERE name = 'w';
SELECT is(pg_temp.counts('unlock'), '2/2', 'one from before unlocks named their key names none, whatever its bytes: it counts as another''s');
UPDATE core.wallet_unlock SET sealed_master = '\x02aaaaaaaa'::bytea || convert_to(repeat('m', 72), 'UTF8') WHERE sha256 = sha256('h0');
SELECT is(pg_temp.counts('unlock'), '2/1', 'one that names this key does not');
-- a job's box that no answer carries
CREATE TABLE pg_temp.boxes AS SELECT (pg_temp.start('crypto.sign', '{"wallet": "w"}', '{"sealed": "QUFB"}')).id FROM generate_series(1, 3);
ALTER TABLE pg_temp.boxes ADD before jsonb, ADD size int;
UPDATE pg_temp.boxes b SET before = o.before, size = o.size FROM
  (SELECT x.id, jsonb_build_array(lag(x.id) OVER w) AS before, (ARRAY[400, 4133332, 4133336])[row_number() OVER w] AS size FROM pg_temp.boxes x WINDOW w AS (ORDER BY x.id)) o WHERE o.id = b.id;
UPDATE core.job j SET spec = j.spec || jsonb_build_object('sealed', repeat('A', b.size)) FROM pg_temp.boxes b WHERE j.id = b.id;
SELECT is(pg_temp.counts('open job'), '3', 'boxes of open jobs are counted, the large one too');
SELECT is((SELECT string_agg(concat_ws(' ', r #>> '{id,0}' = b.id::text, length(r ->> 'sealed'), r ->> 'large'), ', ' ORDER BY b.id)
             FROM pg_temp.boxes b, LATERAL (SELECT pg_temp.page('open job', nullif(b.before, '[null]')) #> '{reseal,0}' AS r) x), 't 400, t 4133332, t true', 'and told, that one without its text');
DELETE FROM core.cred_job c USING pg_temp.boxes b WHERE c.job_id = b.id;
SELECT is(pg_temp.page('managed'), '"INTERNAL"', 'no other column');

-- boxes of jobs: while a job may run
CREATE TABLE pg_temp.boxed AS SELECT (l).* FROM (SELECT pg_temp.start('crypto.sign', '{"wallet": "w"}', jsonb_build_object('sealed', pg_temp.b64('box'))) l) x;
SELECT is(pg_temp.counts('open job'), '1', 'an open job needs what opens its box');
SELECT core.job_final(id, 'dead', 'QUARANTINED') FROM pg_temp.boxed \g /dev/null
SELECT is(pg_temp.counts('open job'), '1', 'a dead one as well: it may be tried again');
SELECT is((SELECT concat_ws(' ', r ->> 'form', r ->> 'sealed', r #>> '{id,0}' = b.id::text) FROM pg_temp.boxed b, jsonb_array_elements(pg_temp.page('open job') -> 'reseal') r), 'read ' || pg_temp.b64('box') || ' t', 'and is looked at');
SELECT api.job_retry(id::text) FROM pg_temp.boxed \g /dev/null
SELECT is(pg_temp.counts('open job'), '1', 'tried again it is open, once');
SELECT core.job_final(id, 'cancelled', 'CANCELLED') FROM pg_temp.boxed \g /dev/null
SELECT is(pg_temp.counts('open job'), '0', 'one that has ended for good needs nothing');

-- writing
CREATE FUNCTION pg_temp.put(p_name text, p_id jsonb, p_was bytea, p_sealed bytea) RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(v ->> 'put', v #>> '{}') FROM pg_temp.asks('sealed_put', jsonb_build_object('name', p_name, 'rows', jsonb_build_array(jsonb_build_object('id', p_id, 'was', encode(sha256(p_was), 'hex'), 'sealed', encode(p_sealed, 'base64'))))) v $$;
SELECT is(pg_temp.put('prime', '["007"]', pg_temp.under('bbbbbbbb', 'p7'), pg_temp.under('aaaaaaaa', 'new')), '1', 'written');
SELECT is((SELECT sealed FROM core.prime WHERE id = '007'), pg_temp.under('aaaaaaaa', 'new'), 'so it rests');
SELECT is(pg_temp.put('prime', '["007"]', pg_temp.under('bbbbbbbb', 'p7'), pg_temp.under('aaaaaaaa', 'other')), '0', 'a value that is another by now stays');
SELECT is(pg_temp.put('prime', '["none"]', 'x', 'y'), '0', 'a row that went is none');
UPDATE core.agg_part SET sealed = NULL WHERE bucket = '\xfb';
SELECT is(pg_temp.put('sum', (SELECT jsonb_build_array(task_no::text, '\xfb', '1') FROM core.agg_task WHERE task_id = sha256('t')), pg_temp.under('bbbbbbbb', 'sum'), 'new'), '0', 'what was scrubbed stays so');
SELECT is(pg_temp.put('sum', (SELECT jsonb_build_array(task_no::text, '\x00ff', '2') FROM core.agg_task WHERE task_id = sha256('t')), pg_temp.under('bbbbbbbb', 'sum'), 'new'), '1', 'a key of three columns');
SELECT is(pg_temp.put('unlock', '["\\x00"]', 'x', 'y'), 'INTERNAL', 'unlocks are nobody''s to write');
SELECT is(pg_temp.put('open job', '["00000000-0000-0000-0000-000000000000"]', 'x', 'y'), 'INTERNAL', 'nor are jobs');
-- another kind may not ask
SELECT is(pg_temp.ask(pg_temp.start('did.create_my', '{"wallet": "w"}'), 'sealed_page', '{"name": "prime", "key": "aaaaaaaa"}') #>> '{err,code}', 'INTERNAL', 'no other kind asks');
SELECT * FROM finish();
ROLLBACK;
