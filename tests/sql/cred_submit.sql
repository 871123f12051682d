-- Submits of credential jobs: who may, which wallet, which lane; what is answered.
BEGIN;
\ir cred.psql
SELECT is(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "w"}')), '202', 'a job is taken');
SELECT is(pg_temp.says(pg_temp.submit('create_and_store_my_did', '{"wallet": "w"}')), '202', 'by its name in libindy too');
SELECT is((SELECT j.spec ->> 'kind' FROM core.job j ORDER BY j.id DESC LIMIT 1), 'did.create_my', 'it is the same kind then');
SELECT is(pg_temp.says(pg_temp.submit('compute.script', '{}')), 'VALIDATION_ERROR kind is not one of a credential job', 'other kinds are not');
SELECT is(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "x"}')), 'WALLET_NOT_FOUND there is no wallet of this name', 'no such wallet');
SELECT is(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "w"}', '{}', 'cat')), 'WALLET_NOT_FOUND there is no wallet of this name', 'nor one of another tenant');
SELECT matches(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "w"}', '{"unlock_sha256": null}')), '^WALLET_LOCKED', 'no handle');
SELECT matches(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "w"}', jsonb_build_object('unlock_sha256', repeat('0', 64)))), '^WALLET_LOCKED', 'an unknown one');
SELECT matches(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "w"}', '{}', 'ben')), '^WALLET_LOCKED', 'a colleague''s');
SELECT matches(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "a"}')), '^WALLET_LOCKED', 'that of another wallet');
SELECT is(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "m"}', '{"unlock_sha256": null}', 'ben')), '202', 'a managed wallet needs none');
SELECT is(pg_temp.says(pg_temp.submit('wallet.create', '{"id": "w", "method": "raw"}')), 'WALLET_EXISTS there is a wallet of this name', 'a name twice');
SELECT is(pg_temp.says(pg_temp.submit('wallet.create', '{"id": "w", "method": "raw"}', '{}', 'cat')), '202', 'another tenant has names of its own');
SELECT matches(pg_temp.says(pg_temp.submit('wallet.create', '{"id": "../w", "method": "raw"}')), '^INVALID_STRUCTURE', 'a name is a name');
SELECT is(pg_temp.says(pg_temp.submit('primes.fill', '{}')), 'FORBIDDEN this kind is for operators', 'the pool is the node''s');
SELECT is(pg_temp.says(pg_temp.submit('primes.fill', '{}', '{}', 'op')), '202', 'operators fill it');
SELECT matches(pg_temp.says(pg_temp.submit('did.create_my', jsonb_build_object('wallet', 'w', 'x', repeat('x', 1048576)))), '^LIMIT', 'more than a MiB');
SELECT matches(pg_temp.says(pg_temp.submit('did.create_my', '["w"]')), '^VALIDATION_ERROR', 'args is no object');
SELECT is(pg_temp.says(api.cred_submit(pg_temp.auth('ann', 'cred:read'), '{}')), 'VALIDATION_ERROR kind is not one of a credential job', 'nothing at all');

-- lanes
CREATE FUNCTION pg_temp.lane(p_kind text, p_args jsonb) RETURNS text LANGUAGE sql AS
$$ SELECT l.name FROM pg_temp.submit(p_kind, p_args) a LEFT JOIN core.lane l ON l.id = (a.extra ->> 'ring')::smallint $$;
SELECT is(pg_temp.lane(x.k, x.a), x.want, x.says) FROM (VALUES
  ('wallet.create', '{"id": "n1", "method": "raw"}'::jsonb, 'cred-light', 'a raw key is light'),
  ('wallet.create', '{"id": "n2", "method": "argon2i_int"}', 'cred-quick', 'Argon2 is heavy, and short'),
  ('wallet.unlock', '{"wallet": "w"}', 'cred-light', 'an unlock is as its wallet'),
  ('wallet.unlock', '{"wallet": "a"}', 'cred-quick', 'Argon2 again'),
  ('wallet.rekey', '{"wallet": "w", "new_method": "argon2i_mod"}', 'cred-quick', 'a new key by Argon2'),
  ('wallet.rekey', '{"wallet": "w", "new_method": "raw"}', 'cred-light', 'a new raw key'),
  ('wallet.export', '{"wallet": "w"}', 'cred-heavy', 'exports'),
  ('issuer.revoke', '{"registry": "x", "indices": [1]}', 'cred-light', 'few indices'),
  ('issuer.revoke', (SELECT jsonb_build_object('indices', jsonb_agg(i)) FROM generate_series(1, 65537) i), 'cred-heavy', 'many'),
  ('holder.revocation_state', '{"status_list": {"revocationList": [0, 1]}}', 'cred-light', 'a short list'),
  ('holder.revocation_state', (SELECT jsonb_build_object('status_list', jsonb_build_object('revocationList', jsonb_agg(0))) FROM generate_series(1, 4097)), 'cred-heavy', 'a witness from scratch'),
  ('holder.revocation_state', jsonb_build_object('status_list', '{"revocationList": {"size": 16, "bits": "AQA="}}'::jsonb), 'cred-light', 'a short list by its bits'),
  ('holder.revocation_state', jsonb_build_object('status_list', jsonb_build_object('revocationList', jsonb_build_object('size', 8000, 'bits', encode(decode(repeat('00', 1000), 'hex'), 'base64')))), 'cred-heavy', 'a long one'),
  ('holder.revocation_state', jsonb_build_object('old_state', '{}'::jsonb, 'old_status_list', jsonb_build_object('revocationList', jsonb_build_object('size', 8000, 'bits', encode(decode(repeat('00', 1000), 'hex'), 'base64'))),
     'status_list', jsonb_build_object('revocationList', jsonb_build_object('size', 8000, 'bits', encode(decode(repeat('00', 999) || '07', 'hex'), 'base64')))), 'cred-light', 'a long one that changes little'),
  ('holder.revocation_state', jsonb_build_object('old_state', '{}'::jsonb, 'old_status_list', jsonb_build_object('revocationList', jsonb_build_object('size', 8000, 'bits', encode(decode(repeat('00', 1000), 'hex'), 'base64'))),
     'status_list', jsonb_build_object('revocationList', jsonb_build_object('size', 8000, 'bits', encode(decode(repeat('ff', 1000), 'hex'), 'base64')))), 'cred-heavy', 'one that changes much'),
  ('holder.revocation_state', (SELECT jsonb_build_object('old_state', '{}'::jsonb, 'old_status_list', jsonb_build_object('revocationList', jsonb_agg(0)), 'status_list', jsonb_build_object('revocationList', jsonb_agg((i = 7)::int))) FROM generate_series(1, 4097) i), 'cred-light', 'one that changes little'),
  ('holder.create_presentation', '{"wallet": "w", "selection": {"a": {"cred_id": "1"}, "b": {"cred_id": "1"}}, "request": {"requested_predicates": {"1": {}, "2": {}, "3": {}, "4": {}, "5": {}, "6": {}, "7": {}}}}', 'cred-light', '1 and 7'),
  ('holder.create_presentation', '{"wallet": "w", "selection": {"a": {"cred_id": "1"}, "b": {"cred_id": "2"}}, "request": {"requested_predicates": {"1": {}, "2": {}, "3": {}, "4": {}, "5": {}, "6": {}, "7": {}}}}', 'cred-heavy', '2 and 7'),
  ('verifier.verify_presentation', '{"presentations": []}', 'cred-light', 'a batch'),
  ('verifier.verify_presentation', (SELECT jsonb_build_object('presentations', jsonb_agg(0)) FROM generate_series(1, 33)), 'cred-heavy', 'a large one'),
  ('verifier.verify_presentation', '{"count": 33}', 'cred-heavy', 'one that is sealed')) x (k, a, want, says);
SELECT matches(pg_temp.says(pg_temp.submit('holder.create_presentation', jsonb_build_object('wallet', 'w', 'selection', jsonb_build_object('requested_attributes',
  (SELECT jsonb_object_agg(i, jsonb_build_object('cred_id', i::text)) FROM generate_series(1, 65) i))))), '^LIMIT selection', 'too many credentials');
SELECT matches(pg_temp.says(pg_temp.submit('holder.create_presentation', jsonb_build_object('wallet', 'w', 'request', jsonb_build_object('requested_predicates',
  (SELECT jsonb_object_agg(i, '{}'::jsonb) FROM generate_series(1, 129) i))))), '^LIMIT request', 'too many predicates');
SELECT matches(pg_temp.says(pg_temp.submit('issuer.revoke', '{"indices": []}')), '^INVALID_STRUCTURE indices', 'no index');
SELECT matches(pg_temp.says(pg_temp.submit('issuer.revoke', (SELECT jsonb_build_object('indices', jsonb_agg(i)) FROM generate_series(1, 100001) i))), '^LIMIT indices', 'too many');
SELECT is((SELECT count(*) FROM core.job j JOIN core.cred_job q ON q.job_id = j.id WHERE j.lane <> q.lane OR j.timeout_ms <> CASE j.lane WHEN 5 THEN 10000 WHEN 7 THEN 60000 ELSE 900000 END), 0::bigint, 'a job has the time of its lane');

UPDATE core.cred_pace SET mean_ms = 2001 WHERE kind = (SELECT id FROM core.kind WHERE name = 'wallet.unlock');
SELECT is(pg_temp.lane('wallet.unlock', '{"wallet": "a"}'), 'cred-heavy', 'what turns out to be long is heavy');

-- keys, retries
SELECT pg_temp.submit('did.create_my', '{"wallet": "w"}', '{"idem_key": "k", "idem_digest": "ab"}') AS a \gset
SELECT is((:'a'::core.answer).body, (pg_temp.submit('did.create_my', '{"wallet": "w"}', '{"idem_key": "k", "idem_digest": "ab"}')).body, 'one key, one job');
SELECT is(((pg_temp.submit('did.create_my', '{"wallet": "w"}', '{"idem_key": "k", "idem_digest": "ab"}')).extra - 'rate'),
  jsonb_build_object('replayed', true, 'final', false, 'wait_id', (:'a'::core.answer).body -> 'job_id', 'location', '/api/v1/credentials/jobs/' || ((:'a'::core.answer).body ->> 'job_id')), 'and one may wait for it');
SELECT matches(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "w"}', '{"idem_key": "k", "idem_digest": "cd"}')), '^CONFLICT', 'with another digest it is refused');
SELECT is((SELECT (api.cred_submit(pg_temp.auth('ann') || '{"retry": true}', jsonb_build_object('job_id', (:'a'::core.answer).body -> 'job_id'))).body), (:'a'::core.answer).body, 'tried again, it is found by its id');

-- many
SELECT api.cred_submit_many(pg_temp.auth('ann'), jsonb_build_object('idem_key', 'm', 'idem_digest', 'ab', 'jobs', jsonb_build_array(
  jsonb_build_object('job_id', core.uuid7(), 'kind', 'did.abbreviate', 'args', '{}'::jsonb), jsonb_build_object('kind', 'x'), jsonb_build_object('kind', 'wallet.export', 'args', '{"wallet": "m"}'::jsonb)))) AS a \gset
SELECT is((:'a'::core.answer).status, 202, 'a batch is taken');
SELECT is((SELECT string_agg(coalesce(x #>> '{error,code}', 'id'), ' ') FROM jsonb_array_elements((:'a'::core.answer).body -> 'jobs') x), 'id VALIDATION_ERROR id', 'each has its own answer, in their order');
SELECT is((:'a'::core.answer).extra -> 'ring', '[5, 6]', 'both lanes are woken');
SELECT is((api.cred_submit_many(pg_temp.auth('ann'), '{"idem_key": "m", "idem_digest": "ab"}')).body, (:'a'::core.answer).body, 'the whole under one key');
SELECT is(pg_temp.says(api.cred_submit_many(pg_temp.auth('ann'), jsonb_build_object('jobs', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 1001))))), 'VALIDATION_ERROR jobs: 1 to 1000', 'no more than a thousand');
UPDATE core.setting SET value = '3' WHERE name = 'open_jobs_max';
SELECT matches(pg_temp.says(pg_temp.submit('did.create_my', '{"wallet": "w"}')), '^QUOTA_EXCEEDED', 'open jobs are bounded');
SELECT is((SELECT string_agg(coalesce(x #>> '{error,code}', 'id'), ' ') FROM jsonb_array_elements((api.cred_submit_many(pg_temp.auth('cat'),
  '{"jobs": [{"kind": "did.abbreviate"}, {"kind": "did.abbreviate"}, {"kind": "did.abbreviate"}]}')).body -> 'jobs') x), 'id id QUOTA_EXCEEDED', 'in batches too');
SELECT * FROM finish();
ROLLBACK;
