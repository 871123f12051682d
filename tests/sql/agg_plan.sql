-- However many reports there are, an upload, a batch, a job and its commit look at
-- their own: no sequential scan, and few rows.
BEGIN;
\ir agg.psql
INSERT INTO core.agg_report (task_no, report_id, time, state) SELECT pg_temp.no(n), gen_random_uuid(), 1000, 'd' FROM unnest('{lead,help}'::text[]) n, generate_series(1, 10000);
INSERT INTO core.agg_stored SELECT pg_temp.no('lead'), 100000 + i / 9, clock_timestamp(), gen_random_uuid(), 6 FROM generate_series(1, 9000) i;
INSERT INTO core.agg_part SELECT pg_temp.no('lead'), int8send(50000 + i), i + 1000000, 's', 1, repeat('0', 256)::bit(256), 1, 1 FROM generate_series(1, 5000) i;
INSERT INTO core.agg_job (task_no, job_id, bucket, state, n, queue_id) SELECT pg_temp.no('lead'), gen_random_uuid(), int8send(50000 + i), 'done', 1, gen_random_uuid() FROM generate_series(1, 5000) i;
CREATE FUNCTION pg_temp.scans() RETURNS bigint LANGUAGE sql AS
$$ SELECT sum(seq_scan)::bigint FROM pg_stat_xact_user_tables WHERE schemaname = 'core' AND relname ~ '^agg_(report|stored|part|job|bucket|span)' $$;
CREATE FUNCTION pg_temp.rows() RETURNS bigint LANGUAGE sql AS
$$ SELECT sum(idx_tup_fetch + seq_tup_read)::bigint FROM pg_stat_xact_user_tables WHERE schemaname = 'core' AND relname ~ '^agg_(report|stored|part|job|bucket|span)' $$;
SELECT pg_temp.scans() AS s, pg_temp.rows() AS r \gset
SELECT count(*) FROM pg_temp.up('lead', 1, 20, 1000) \g /dev/null
SELECT is(pg_temp.scans(), :s::bigint, 'an upload scans no table');
SELECT cmp_ok(pg_temp.rows(), '<', :r::bigint + 20, 'and looks at next to nothing');
SELECT pg_temp.rows() AS r \gset
SELECT is(core.batch_due(100, -1, 0)::text, format('(%s,1000,t,1)', pg_temp.no('lead')), 'the group that is due');
SELECT is(core.batch_make(pg_temp.no('lead'), 1000), true, 'a job of it');
SELECT cmp_ok(pg_temp.rows(), '<', :r::bigint + 200, 'looks at its reports');
SELECT is(pg_temp.scans(), :s::bigint, 'without a scan');
SELECT pg_temp.claim() \g /dev/null
SELECT pg_temp.rows() AS r \gset
SELECT jsonb_array_length(pg_temp.ask(l, 'agg_reports') #> '{value,reports}') AS n FROM core.lease l WHERE l.kind = 201 \gset
SELECT is(:n, 20, 'its reports');
SELECT cmp_ok(pg_temp.rows(), '<', :r::bigint + 100, 'looked up by their ids');
SELECT reports, bucket FROM core.agg_job WHERE n = 20 \gset
SELECT pg_temp.rows() AS r, pg_temp.scans() AS s \gset
SELECT is(pg_temp.end(l, pg_temp.commit(:'reports', :'bucket')), 'completed', 'its commit') FROM core.lease l WHERE l.kind = 201;
SELECT cmp_ok(pg_temp.rows(), '<', :r::bigint + 100, 'looks at these alone');
SELECT is(pg_temp.scans(), :s::bigint, 'without a scan');
SELECT pg_temp.put('help', 'j1', 'b1') \g /dev/null
SELECT pg_temp.claim() \g /dev/null
SELECT pg_temp.rows() AS r, pg_temp.scans() AS s \gset
SELECT pg_temp.ask(l, 'agg_seen', (SELECT jsonb_build_object('reports', jsonb_agg(jsonb_build_object('id', core.id16_text(u), 'bucket', core.b64(int8send(1000)), 'time', 1000))) FROM unnest(pg_temp.uids(1, 20)) u)) FROM core.lease l WHERE l.kind = 200 \g /dev/null
SELECT is(pg_temp.end(l, pg_temp.commit(pg_temp.uids(1, 20), int8send(1000), 'accepted', '{"response_b64": "AA=="}')), 'completed', 'a helper''s commit') FROM core.lease l WHERE l.kind = 200;
SELECT cmp_ok(pg_temp.rows(), '<', :r::bigint + 100, 'looks at its own');
SELECT is(pg_temp.scans(), :s::bigint, 'without a scan');
SELECT pg_temp.rows() AS r, pg_temp.scans() AS s \gset
SELECT is((core.agg_sum(pg_temp.no('lead'), NULL, 1000, 1100)).count, 20::bigint, 'a sum');
SELECT cmp_ok(pg_temp.rows(), '<', :r::bigint + 20, 'adds up its parts');
SELECT is(pg_temp.scans(), :s::bigint, 'without a scan');

-- as many groups as somebody likes, none of which is due, and one behind them that is
DELETE FROM core.agg_stored;
INSERT INTO core.agg_stored SELECT pg_temp.no('lead'), 100 * i, clock_timestamp(), gen_random_uuid(), 6 FROM generate_series(1, 5000) i;
SELECT count(*) FROM pg_temp.up('lead', 101, 112, 1000000) \g /dev/null
SELECT pg_temp.rows() AS r \gset
SELECT is(core.batch_spec('{}'), '{}', 'more than can be looked at is something to do');
SELECT cmp_ok(pg_temp.rows() - :r::bigint, '<', 1000::bigint, 'seen by looking at some');
SELECT pg_temp.rows() AS r \gset
SELECT is((SELECT array_agg(core.batch_step(NULL, NULL) ->> 'state') FROM generate_series(1, 2)), '{NULL,NULL}', 'a step ends');
SELECT cmp_ok(pg_temp.rows() - :r::bigint, '<', 20000::bigint, 'after some groups');
SELECT is(core.batch_step(NULL, NULL) ->> 'state', 'completed', 'the next goes on behind them');
SELECT is((SELECT (count(*), max(n))::text FROM core.agg_job WHERE state = 'new' AND request IS NULL), '(1,12)', 'and gets to the one');
SELECT * FROM finish();
ROLLBACK;
