-- Helpers of schema core: ids, encodings, settings, answers, audit, partitions.
BEGIN;
SELECT * FROM no_plan();

SELECT is(core.b32(''), '', 'base32 of nothing');
SELECT is(core.b32('f'), 'my', 'base32: RFC 4648 section 10, 1 byte');
SELECT is(core.b32('fo'), 'mzxq', '2 bytes');
SELECT is(core.b32('foo'), 'mzxw6', '3 bytes');
SELECT is(core.b32('foob'), 'mzxw6yq', '4 bytes');
SELECT is(core.b32('fooba'), 'mzxw6ytb', '5 bytes');
SELECT is(core.b32('foobar'), 'mzxw6ytboi', '6 bytes');

-- python3 -c 'import base64; print(base64.b32encode(bytes.fromhex("00112233445566778899aabbccddeeff")))'
SELECT is(core.comp_id('00112233-4455-6677-8899-aabbccddeeff'), 'comp-aaisem2ekvthpcezvk54zxpo74', 'comp_id is base32 of the 16 bytes');
SELECT is(core.comp_uuid('comp-aaisem2ekvthpcezvk54zxpo74'), '00112233-4455-6677-8899-aabbccddeeff'::uuid, 'comp_uuid goes back');
SELECT is(core.comp_uuid(core.comp_id(u)), u, 'round trip of ' || u)
  FROM (VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid), ('00000000-0000-0000-0000-000000000000'), (gen_random_uuid())) v(u);
SELECT is(core.comp_uuid(t), NULL, 'not a computation id: ' || quote_literal(t))
  FROM (VALUES (''), ('comp-'), ('comp-aaisem2ekvthpcezvk54zxpo7'), ('comp-aaisem2ekvthpcezvk54zxpo744'), ('COMP-aaisem2ekvthpcezvk54zxpo74'),
               ('comp-AAISEM2EKVTHPCEZVK54ZXPO74'), ('comp-aaisem2ekvthpcezvk54zxpo75'), ('comp-aaisem2ekvthpcezvk54zxpo7b'),
               ('job-aaisem2ekvthpcezvk54zxpo74'), (E'comp-aaisem2ekvthpcezvk54zxpo74\n'), ('comp-aa1sem2ekvthpcezvk54zxpo74')) v(t);

SELECT matches(core.new_id('tok_'), '^tok_[a-z2-7]{26}$', 'new_id: prefix and 128 bits');
SELECT isnt(core.new_id('x'), core.new_id('x'), 'new_id differs');

SELECT matches(core.uuid7()::text, '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$', 'uuid7: version and variant');
SELECT ok(core.uuid7_at(core.uuid7()) BETWEEN clock_timestamp() - interval '1 s' AND clock_timestamp(), 'uuid7 holds the time');
SELECT is(core.uuid7_at(core.uuid7_floor('2026-01-01')), '2026-01-01 00:00:00+00'::timestamptz, 'uuid7_floor is midnight UTC');
SET LOCAL timezone = 'Asia/Tokyo';
SELECT is(core.uuid7_at(core.uuid7_floor('2026-01-01')), '2026-01-01 00:00:00+00'::timestamptz, 'whatever the session''s time zone');
SELECT is(core.ts('2026-01-01 09:00:00.5+09'), '2026-01-01T00:00:00.500000Z', 'ts is RFC 3339 in UTC with six decimals');
RESET timezone;

SELECT is(core.setting_int('queue_max'), 100000::bigint, 'a number');
SELECT is(core.setting_text('default_image'), 'data', 'a text, unquoted');
SELECT is(core.setting_bool('maintenance'), false, 'a truth');
SELECT throws_ok($$SELECT core.setting_int('nothing')$$, 'P0002', NULL, 'an unknown setting is a bug');

SELECT is(core.refuse('CONFLICT', 'no', 5), ROW('CONFLICT', 'no', 5, NULL, NULL, NULL)::core.answer, 'refuse');
SELECT is(core.ok(202, '{"a":1}'), ROW(NULL, NULL, NULL, 202, '{"a":1}', NULL)::core.answer, 'ok');
SELECT is(core.rank_at('epoch', 0), 0::bigint, 'rank of the epoch');
SELECT is(core.rank_at('epoch', 1), -600000000::bigint, 'a step of priority is ten minutes');

SELECT core.event_add('node', 'day.dropped', 'x', '{"n": 1}');
SELECT is((SELECT (actor, verb, object, detail)::text FROM core.event ORDER BY seq DESC LIMIT 1), '(node,day.dropped,x,"{""n"": 1}")', 'event_add writes one line');

SELECT core.day_add('2031-05-06');
SELECT core.day_add('2031-05-06');
SELECT has_table('core', 'job_20310506', 'day_add makes a day of job, twice is fine');
SELECT has_table('core', 'done_20310506', 'and of done');
SELECT is((SELECT count(*)::int FROM pg_indexes WHERE schemaname = 'core' AND tablename = 'job_20310506'), 2, 'with its indexes');
DROP TABLE core.job_20310506, core.done_20310506;
SELECT is(core.day_ahead(), 0, 'day_ahead: nothing is missing in a fresh database');
DO $$ BEGIN
  EXECUTE format('DROP TABLE core.%I', 'job' || to_char((now() AT TIME ZONE 'UTC')::date + 2, '_YYYYMMDD'));
END $$;
SELECT is(core.day_ahead(), 1, 'and a missing day comes back');

SELECT is(core.label_text('{"b": "x\"y\\z\n", "a": 1}'), E'a="1",b="x\\"y\\\\z\\n"', 'label_text escapes as Prometheus asks');
SELECT is(core.label_text('{}'), '', 'no labels');

SELECT * FROM finish();
ROLLBACK;
