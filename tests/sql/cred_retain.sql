-- What expires goes; what is kept stays; a day waits for its credential jobs.
BEGIN;
\ir cred.psql
CREATE FUNCTION pg_temp.put(p jsonb, p_who text DEFAULT 'ann') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.cred_blob_put(pg_temp.auth(p_who), jsonb_build_object('request_id', 'r', 'job_id', core.uuid7(), 'store', 'pg', 'sha256', encode(sha256('x'), 'hex'), 'size', 1, 'data_b64', 'eA==') || p) $$;
SELECT is(pg_temp.says(pg_temp.put('{"for": "import"}')), '201', 'an upload for an import');
SELECT is((SELECT c.use || ' ' || c.tenant FROM core.cred_blob c), 'import t:acme', 'is the tenant''s');
SELECT is(core.blob_used(sha256('x')), true, 'and kept');
SELECT is(pg_temp.says(pg_temp.put('{"for": "artifact"}')), 'VALIDATION_ERROR for: tails or import', 'nothing else is uploaded here');
SELECT is(pg_temp.says(pg_temp.put('{"for": "tails", "hash": "no"}')), 'VALIDATION_ERROR hash: a SHA-256 in base58', 'tails have a name');
SELECT is(pg_temp.says(pg_temp.put(jsonb_build_object('for', 'tails', 'hash', repeat('1', 43), 'size', 641))), 'TAILS_MISMATCH no tails file has this length', 'and a length');
SELECT is(pg_temp.says(api.cred_blob_put_check(pg_temp.auth('ann'), jsonb_build_object('for', 'tails', 'hash', repeat('1', 43), 'size', 642))), '204', 'that of two credentials will do');
UPDATE core.setting SET value = '642' WHERE name = 'tenant_files_bytes';
SELECT is((pg_temp.put('{"for": "import"}')).status, 201, 'the same upload again takes no more room');
SELECT is((api.cred_blob_put_check(pg_temp.auth(w), jsonb_build_object('for', 'tails', 'hash', repeat('1', 43), 'size', 642))).err, s, 'what is above the quota of a tenant is refused before it is sent: ' || w)
  FROM (VALUES ('ben', 'QUOTA_EXCEEDED'), ('cat', NULL)) x (w, s);
SELECT matches(pg_temp.says(pg_temp.put(jsonb_build_object('for', 'import', 'size', 642, 'sha256', repeat('ab', 32)))), '^QUOTA_EXCEEDED', 'and when it came');
UPDATE core.setting SET value = '1284' WHERE name = 'tenant_files_bytes';
SELECT pg_temp.put(jsonb_build_object('for', 'tails', 'hash', repeat('1', 43), 'size', 642, 'sha256', encode(sha256(repeat('t', 642)::bytea), 'hex'), 'data_b64', encode(repeat('t', 642)::bytea, 'base64'))) AS a \gset
SELECT is((:'a'::core.answer).status, 202, 'a job looks through them');
SELECT api.job_turn(:worker, 6::smallint, '{}', '{}', NULL, 9, -1) \g /dev/null
SELECT is((SELECT (f ->> 'name') || ' ' || (f ->> 'size') FROM core.lease l, jsonb_array_elements(api.job_open(l.id, l.token) -> 'files') f), 'tails 642', 'and is given them');
SELECT is(pg_temp.says(api.tails_get('{"mode": "none"}', jsonb_build_object('hash', repeat('1', 43)))), 'NOT_FOUND no such file', 'before that nobody is');
SELECT pg_temp.end(l, pg_temp.good(jsonb_build_array(jsonb_build_object('op', 'tails', 'sha256', encode(sha256(repeat('t', 642)::bytea), 'hex'), 'hash', repeat('1', 43))))) FROM core.lease l \g /dev/null
SELECT is(pg_temp.says(api.tails_get('{"mode": "none"}', jsonb_build_object('hash', repeat('1', 43)))), '200', 'then anybody');
SELECT is((SELECT string_agg(k.name || ' ' || (f ->> 'name'), ', ' ORDER BY k.name)
  FROM core.kind k JOIN core.cred_kind q ON q.kind = k.id, jsonb_populate_record(NULL::core.cred_job, jsonb_build_object('tenant', 't:acme', 'kind', k.id)) j,
  jsonb_array_elements(core.cred_files(j, jsonb_build_object('blob', encode(sha256('x'), 'hex'), 'hash', repeat('1', 43), 'sha256', encode(sha256(repeat('t', 642)::bytea), 'hex'),
    'rev_reg_def', jsonb_build_object('value', jsonb_build_object('tailsHash', repeat('1', 43)))))) f),
  'holder.revocation_state tails, tails.verify tails, wallet.import blob', 'files are for kinds that read them');
SELECT is(pg_temp.says(api.export_get(pg_temp.auth('ann', 'cred:read', false), jsonb_build_object('wallet', 'w', 'sha256', encode(sha256('x'), 'hex')))), 'NOT_FOUND no such file', 'an import is no export');
INSERT INTO core.cred_blob (tenant, sha256, use, wallet, size, expires_at) VALUES ('t:acme', sha256('x'), 'export', 'w', 1, clock_timestamp() + interval '1 h');
SELECT is(pg_temp.says(api.export_get(pg_temp.auth(w, 'cred:read', false), jsonb_build_object('wallet', 'w', 'sha256', encode(sha256('x'), 'hex')))), s, 'an export for ' || w)
  FROM (VALUES ('ben', '200'), ('cat', 'NOT_FOUND no such file')) x (w, s);

-- each with one row that is over and one that is not
INSERT INTO core.private_result (job_id, sealed, expires_at) SELECT gen_random_uuid(), 'x', clock_timestamp() + i * interval '1 h' FROM unnest(ARRAY[-1, 1]) i;
INSERT INTO core.wallet_unlock (sha256, wallet, principal, sealed_master, expires_at)
SELECT sha256(i::text::bytea), w.serial, w.owner, 'x', clock_timestamp() + i * interval '1 h' FROM unnest(ARRAY[-1, 1]) i, core.wallet w WHERE w.name = 'a';
INSERT INTO core.wallet_item (wallet, type, name, value, key, expires_at)
SELECT w.serial, 'T', i::text::bytea, 'v', 'k', clock_timestamp() + i * interval '1 h' FROM unnest(ARRAY[-1, 1]) i, core.wallet w WHERE w.name = 'a';
INSERT INTO core.request_nonce (tenant, nonce, expires_at) SELECT 't:acme', i::text, clock_timestamp() + i * interval '30 h' FROM unnest(ARRAY[-1, 1]) i;
INSERT INTO core.prime (id, bits, sealed, expires_at) SELECT i::text, 1024, 'x', clock_timestamp() + i * interval '1 h' FROM unnest(ARRAY[-1, 1]) i;
UPDATE core.cred_blob SET expires_at = clock_timestamp() WHERE use = 'export';
INSERT INTO core.cred_job (job_id, principal, tenant, kind, lane, finished_at)
SELECT core.uuid7_floor((clock_timestamp() - core.setting_int('job_ttl_s') * interval '1 s' - interval '2 d')::date), pg_temp.who('ann'), 't:acme', 111, 5, clock_timestamp();
SELECT is(core.cred_retain_step(), 7::bigint, 'seven rows are over');
SELECT is(core.cred_retain_step(), 0::bigint, 'then none is');
SELECT is(x.n, x.want, x.t || ' that is not over stays') FROM (VALUES
  ('private_result', (SELECT count(*) FROM core.private_result), 1::bigint), ('wallet_unlock', (SELECT count(*) FROM core.wallet_unlock), 2), ('wallet_item', (SELECT count(*) FROM core.wallet_item), 1),
  ('request_nonce', (SELECT count(*) FROM core.request_nonce), 1), ('prime', (SELECT count(*) FROM core.prime), 1), ('cred_job', (SELECT count(*) FROM core.cred_job), 1),
  ('cred_blob', (SELECT count(*) FROM core.cred_blob), 3)) x (t, n, want);
SELECT is((SELECT count(*) FROM core.blob_loose), 1::bigint, 'its bytes are looked at');

-- roles
SELECT is((SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND p.proname ~ '^(cred_|wallet_|tails_|export_|job_(ask|open|progress)$)'
  AND has_function_privilege('darkroom_worker', p.oid, 'EXECUTE')), 'job_ask job_open job_progress', 'what a worker may');
SELECT is((SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace AND p.proname ~ '^(cred_|wallet_|tails_|export_)'
  AND has_function_privilege('darkroom_fcgi', p.oid, 'EXECUTE')), 'cred_blob_put cred_blob_put_check cred_job_cancel cred_job_events cred_job_list cred_job_show cred_object_list cred_object_show cred_submit cred_submit_many export_get tails_get wallet_list', 'what a front may');
SET LOCAL ROLE darkroom_worker;
SELECT throws_ok('SELECT FROM core.wallet_item', '42501', NULL, 'a worker reads no record');
SELECT throws_ok('SELECT core.tenant_enter(''*'')', '42501', NULL, 'and enters no tenant');
RESET ROLE;
SET LOCAL ROLE darkroom_fcgi;
SELECT throws_ok('SELECT api.job_open(NULL, NULL)', '42501', NULL, 'a front opens no job');
RESET ROLE;
SET LOCAL ROLE darkroom_auditor;
SELECT throws_ok('SELECT FROM core.wallet_item', '42501', NULL, 'an auditor reads no record');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
