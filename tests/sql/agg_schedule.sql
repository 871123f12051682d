-- Schedules: what a cron line stands for, one job a slot, what operators may do.
BEGIN;
SELECT * FROM no_plan();
UPDATE core.cron SET last_slot = 'infinity';
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO darkroom_operator;
CREATE FUNCTION pg_temp.slot(cron text, upto text) RETURNS text LANGUAGE sql AS
  $$ SELECT to_char(core.cron5_slot(cron, (upto || 'Z')::timestamptz) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') $$;

-- fields
SELECT is(core.cron5_field('*', 0, 3), '{0,1,2,3}', 'a star');
SELECT is(core.cron5_field('*/20', 0, 59), '{0,20,40}', 'every twentieth');
SELECT is(core.cron5_field('1,5-7,9-15/3', 0, 59), '{1,5,6,7,9,12,15}', 'a list of a number, a range, a range with a step');
SELECT is(core.cron5_field('7,5-7,*/6,05', 0, 7), '{0,5,6,7}', 'each value once');
SELECT is(core.cron5_field(f, 1, 12), NULL, format('"%s" is no month', f))
  FROM unnest('{"","0","13","1-13","7-3","*/0","1/2","a","-1","1,,2","1-","*-3","1 2","+1","001"}'::text[]) f;

-- lines
SELECT is(pg_temp.slot('15 2 * * *', '2024-05-31 02:15'), '2024-05-31 02:15', 'a slot begins with its minute');
SELECT is(pg_temp.slot('15 2 * * *', '2024-05-31 02:14:59'), '2024-05-30 02:15', 'and not before');
SELECT is(pg_temp.slot('15 2 * * *', '2024-01-01 00:00'), '2023-12-31 02:15', 'over the year');
SELECT is(pg_temp.slot('0 0 29 2 *', '2023-06-01 00:00'), '2020-02-29 00:00', 'a leap day');
SELECT is(pg_temp.slot('0 0 30 2 *', '2023-06-01 00:00'), NULL, 'a day that there is never');
SELECT is(pg_temp.slot('0 12 * * 0', '2024-05-31 00:00'), '2024-05-26 12:00', 'Sunday');
SELECT is(pg_temp.slot('0 12 * * 7', '2024-05-31 00:00'), '2024-05-26 12:00', 'is Sunday');
SELECT is(pg_temp.slot('0 0 13 * 5', '2024-05-31 01:00'), '2024-05-31 00:00', 'both days given: either');
SELECT is(pg_temp.slot('0 0 13 * *', '2024-05-31 01:00'), '2024-05-13 00:00', 'one given: that one');
SELECT is(pg_temp.slot('*/15 9-17 * * 1-5', '2024-06-02 10:00'), '2024-05-31 17:45', 'on work days');
SELECT is(pg_temp.slot(c, '2024-06-02 10:00'), NULL, format('"%s" is no line', c))
  FROM unnest('{"","* * * *","* * * * * *","60 * * * *","* 24 * * *","* * 0 * *","* * * 13 *","* * * * 8","x * * * *"}'::text[]) c;
SELECT is(core.cron5_slot(NULL, now()), NULL, 'nor is nothing');
SELECT is(pg_temp.slot(E'\t15  2\t* * * ', '2024-05-31 02:15'), '2024-05-31 02:15', 'spaces and tabs, also around it');
SELECT is(pg_temp.slot(c, '2024-06-02 10:00'), NULL, 'no line: ' || n)
  FROM (VALUES (E'15 2\n* * *', 'a line feed within'), (E'15 2 * * *\u2003', 'a wide space'),
               ('15 2 * * *' || repeat(' ', 1000) || 'x', 'what follows far behind'), (repeat('1,', 100) || '1 * * * *', 'a field of 201 characters')) x (c, n);
SELECT is(pg_temp.slot(rpad('*', 199, ',*') || ' ' || rpad('*', 199, ',*') || ' * * *', '2024-06-02 10:00'), '2024-06-02 10:00', 'a value that is said often is one');
-- Against the plain reading: every minute of a month, tried one by one.
SELECT is((SELECT count(*) FROM generate_series('2024-02-01Z'::timestamptz, '2024-02-29 23:59Z', '97 min') t
            WHERE core.cron5_slot('*/10 3,15 1-28/9 * 2', t) IS DISTINCT FROM
                  (SELECT max(u) FROM generate_series('2024-01-20Z'::timestamptz, t, '10 min') u, LATERAL (SELECT u AT TIME ZONE 'UTC') x (w)
                    WHERE extract(hour FROM w) IN (3, 15) AND (extract(day FROM w) IN (1, 10, 19, 28) OR extract(dow FROM w) = 2))),
          0::bigint, 'the latest slot is the one that a search finds');

-- what operators do
SET LOCAL ROLE darkroom_operator;
SELECT is(api.schedule_set('nightly', ' 15 2 * * * ', 'system.noop', '{"ms": 1, "from": "{yesterday}", "to": ["{date}"]}'), 'schedule nightly: 15 2 * * *', 'set');
SELECT is((SELECT (cron, kind, catch_up, enabled)::text FROM ops.schedule), '("15 2 * * *",system.noop,last,t)', 'seen');
SELECT throws_ok($$SELECT api.schedule_set('x', '61 * * * *', 'system.noop')$$, '22023', NULL, 'a bad line');
SELECT throws_ok($$SELECT api.schedule_set('X', '* * * * *', 'system.noop')$$, '22023', NULL, 'a bad name');
SELECT throws_ok($$SELECT api.schedule_set('x', '* * * * *', 'compute.script')$$, '22023', 'kind: one of system.noop, system.retain, system.canary, prio1.run', 'a kind of callers');
SELECT throws_ok($$SELECT api.schedule_set('x', '* * * * *', 'system.noop', '[]')$$, '22023', NULL, 'args that are no object');
SELECT throws_ok($$SELECT api.schedule_set('x', '* * * * *', 'system.noop', '{}', 'all')$$, '22023', NULL, 'a catch_up that there is not');
SELECT throws_ok($$SELECT api.schedule_disable('x')$$, 'P0002', 'no schedule x', 'an unknown one');
SELECT throws_ok($$SELECT api.schedule_fire('x')$$, 'P0002', 'no schedule x', 'an unknown one');
RESET ROLE;
SELECT is((SELECT concat_ws(' ', verb, object) FROM core.event ORDER BY seq DESC LIMIT 1), 'schedule.set nightly', 'audited');

-- slots
SELECT is(core.schedule_run(), 0::bigint, 'slots before it was made have no job');
UPDATE core.agg_schedule SET last_slot = last_slot - interval '3 days';
SELECT is(core.cron_run(), 1::bigint, 'what was missed has one job');
SELECT is(core.schedule_run(), 0::bigint, 'once');
SELECT is((SELECT j.spec FROM core.agg_schedule s JOIN core.job j ON j.id = s.last_job),
          (SELECT jsonb_build_object('ms', 1, 'from', to_char(last_slot AT TIME ZONE 'UTC' - interval '1 day', 'YYYY-MM-DD'),
                                     'to', jsonb_build_array(to_char(last_slot AT TIME ZONE 'UTC', 'YYYY-MM-DD'))) FROM core.agg_schedule),
          'with the days of its slot');
UPDATE core.agg_schedule SET last_slot = last_slot - interval '1 day';
SELECT is(core.schedule_run(), 0::bigint, 'last: not while its last job is open');
UPDATE core.agg_schedule SET last_job = NULL, catch_up = 'none', cron = '0 0 1 1 *', last_slot = '2001-01-01Z';
SELECT is(core.schedule_run(), 0::bigint, 'none: a slot of long ago is passed over');
SELECT ok((SELECT last_slot > '2020-01-01' FROM core.agg_schedule), 'and not met again');
SET LOCAL ROLE darkroom_operator;
SELECT api.schedule_fire('nightly') AS j \gset
SELECT is(api.schedule_fire('nightly'), :'j'::uuid, 'fired twice in a minute: one job');
SELECT is(api.schedule_disable('nightly'), 'schedule nightly disabled', 'disabled');
RESET ROLE;
UPDATE core.agg_schedule SET cron = '* * * * *', last_slot = '2001-01-01Z', last_job = NULL, catch_up = 'last';
SELECT is(core.schedule_run(), 0::bigint, 'it makes no job');
UPDATE core.agg_schedule SET enabled = true;
SELECT is(core.schedule_run(), 1::bigint, 'enabled again it does');
SELECT is(has_function_privilege(r, f, 'EXECUTE'), false, format('%s may not %s', r, f))
  FROM unnest('{darkroom_fcgi,darkroom_worker,darkroom_auditor}'::text[]) r,
       unnest('{"api.schedule_set(text,text,text,jsonb,text)","api.schedule_disable(text)","api.schedule_fire(text)"}'::text[]) f;
SELECT * FROM finish();
ROLLBACK;
