-- Nobody but the owner touches a table, and each role has its own functions.
BEGIN;
SELECT * FROM no_plan();

SELECT is((SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c
            WHERE c.relnamespace IN ('core'::regnamespace, 'api'::regnamespace, 'ops'::regnamespace) AND c.relowner <> 'darkroom_owner'::regrole
              AND c.relkind <> 'i' AND c.relname <> 'migration'), NULL, 'everything belongs to darkroom_owner');
SELECT is((SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p
            WHERE p.pronamespace IN ('core'::regnamespace, 'api'::regnamespace) AND p.proowner <> 'darkroom_owner'::regrole), NULL, 'functions too');
SELECT is((SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p
            WHERE p.pronamespace IN ('core'::regnamespace, 'api'::regnamespace)
              AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)), NULL, 'PUBLIC may execute nothing');
SELECT is((SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p
            WHERE p.pronamespace = 'api'::regnamespace
              AND (NOT p.prosecdef OR NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}')))), NULL, 'every api function is SECURITY DEFINER with a fixed search_path');
SELECT is((SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p
            WHERE p.pronamespace = 'core'::regnamespace AND p.prosecdef
              AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}'))), NULL, 'so is what core lends to views');
SELECT is((SELECT string_agg(format('%s on %s', r.rolname, c.oid::regclass), ', ')
             FROM pg_class c CROSS JOIN pg_roles r
            WHERE c.relnamespace IN ('core'::regnamespace, 'api'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'S')
              AND r.rolname IN ('darkroom_fcgi', 'darkroom_worker', 'darkroom_operator', 'darkroom_auditor')
              AND (has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') )), NULL, 'no login role has a right on a table');
SELECT is((SELECT string_agg(DISTINCT r.rolname::text, ', ') FROM pg_roles r WHERE r.rolname LIKE 'darkroom%' AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls)), NULL, 'no role of ours is powerful');

CREATE TEMP TABLE may (role text, proc text);
INSERT INTO may VALUES
  ('worker', 'worker_join'), ('worker', 'worker_beat'), ('worker', 'worker_leave'), ('worker', 'job_turn'), ('worker', 'job_phase'),
  ('worker', 'job_give_back'), ('worker', 'job_step'), ('worker', 'sweep'), ('worker', 'canary_submit'), ('worker', 'job_ring'), ('worker', 'job_announce'),
  ('fcgi', 'job_ring'), ('fcgi', 'job_announce'), ('fcgi', 'node_ready'), ('fcgi', 'node_metrics'), ('fcgi', 'node_pressure'),
  ('operator', 'lane_pause'), ('operator', 'lane_resume'), ('operator', 'job_cancel_by_operator'), ('operator', 'job_retry'), ('operator', 'job_move'),
  ('operator', 'setting_set'), ('operator', 'worker_drain'), ('operator', 'job_submit'), ('operator', 'job_submit_many'), ('operator', 'node_ready'), ('operator', 'node_metrics');
SELECT is(has_function_privilege('darkroom_' || r.role, p.oid, 'EXECUTE'), EXISTS (SELECT FROM may m WHERE m.role = r.role AND m.proc = p.proname),
          format('%s %s api.%s', r.role, CASE WHEN EXISTS (SELECT FROM may m WHERE m.role = r.role AND m.proc = p.proname) THEN 'may' ELSE 'may not' END, p.proname))
  FROM pg_proc p CROSS JOIN (VALUES ('worker'), ('fcgi'), ('operator'), ('auditor')) r(role)
 WHERE p.pronamespace = 'api'::regnamespace AND p.proname IN (SELECT proc FROM may)
 ORDER BY p.proname, r.role;

-- as the roles themselves
SET LOCAL ROLE darkroom_worker;
SELECT throws_ok('SELECT FROM core.job', '42501', NULL, 'a worker reads no table');
SELECT throws_ok('SELECT core.setting_int(''queue_max'')', '42501', NULL, 'and calls no helper');
SELECT throws_ok('SELECT FROM ops.queue', '42501', NULL, 'nor a view');
SELECT lives_ok($$SELECT api.worker_join('h', 1, 'v', '{}', '{}')$$, 'it may join');
SELECT lives_ok($$SELECT * FROM api.sweep(1)$$, 'and sweep');
RESET ROLE;
SET LOCAL ROLE darkroom_fcgi;
SELECT throws_ok($$SELECT api.worker_join('h', 1, 'v', '{}', '{}')$$, '42501', NULL, 'a front may not');
SELECT lives_ok('SELECT * FROM api.node_pressure()', 'it may ask for the pressure');
SELECT lives_ok('SELECT * FROM api.node_metrics()', 'and the metrics');
RESET ROLE;
SET LOCAL ROLE darkroom_auditor;
SELECT lives_ok('SELECT * FROM ops.' || v, 'an auditor looks at ops.' || v)
  FROM (VALUES ('queue'), ('running'), ('workers'), ('leases'), ('failures'), ('slow'), ('bloat'), ('settings'), ('alarms'), ('events')) x(v);
SELECT throws_ok($$SELECT api.lane_pause('light')$$, '42501', NULL, 'and changes nothing');
SELECT throws_ok($$UPDATE ops.settings SET value = '1'$$, '42501', NULL, 'not through a view either');
RESET ROLE;
SET LOCAL ROLE darkroom_operator;
SELECT throws_ok($$UPDATE ops.settings SET value = '1'$$, '42501', NULL, 'nor does an operator');

SELECT * FROM finish();
ROLLBACK;
