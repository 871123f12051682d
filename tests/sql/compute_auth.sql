-- Who calls: core.authenticate in the order of its checks, rate and nonces.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.try(p jsonb) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.says((api.compute_list(pg_temp.auth('con', 'job:read', false) || p, '{}'))) $$;

SELECT is(pg_temp.try('{}'), '200', 'a good signature');
SELECT is(pg_temp.try('{"mode": "none"}'), 'UNAUTHORIZED this call needs a signature or a token', 'no credentials');
SELECT is(pg_temp.try('{"peer": "peer_x", "ts": 1}'), 'FORBIDDEN unknown key', 'the key comes before the timestamp');
UPDATE core.principal_key SET removed_at = now() WHERE peer_id = 'peer_con2';
SELECT is(pg_temp.try('{"peer": "peer_con2"}'), 'FORBIDDEN unknown key', 'a removed key is unknown');
UPDATE core.principal SET enabled = false WHERE name = 'own2';
SELECT is(pg_temp.try('{"peer": "peer_own2", "ts": 1}'), 'FORBIDDEN this principal is switched off', 'then the principal');
SELECT is(pg_temp.try(jsonb_build_object('ts', extract(epoch FROM clock_timestamp())::bigint + d, 'scope', 'operate')),
  'UNAUTHORIZED timestamp out of window', 'then the timestamp: ' || d) FROM unnest(ARRAY[-122, 122]) d;
SELECT is(pg_temp.try('{"ts": null}'), 'UNAUTHORIZED timestamp and nonce must be signed', 'no timestamp');
SELECT is(pg_temp.try('{"nonce": null}'), 'UNAUTHORIZED timestamp and nonce must be signed', 'no nonce');
SELECT is(pg_temp.try('{"nonce": "AAAAAAAAAAAAAAAAAAAA"}'), '200', 'a nonce works once');
SELECT is(pg_temp.try('{"nonce": "AAAAAAAAAAAAAAAAAAAA", "scope": "operate"}'), 'FORBIDDEN nonce was used before', 'and not twice, before the scope is looked at');
SELECT is(pg_temp.try('{"nonce": "AAAAAAAAAAAAAAAAAAAA", "peer": "peer_own"}'), '200', 'for another principal it is another');
SELECT is(pg_temp.try('{"nonce": "BBBBBBBBBBBBBBBBBBBB", "write": true}'), '200', 'a write keeps its nonce');
SELECT is((SELECT count(*) FROM core.nonce WHERE nonce = 'BBBBBBBBBBBBBBBBBBBB'), 1::bigint, 'in the logged table');
SELECT is(pg_temp.try('{"nonce": "BBBBBBBBBBBBBBBBBBBB", "write": true}'), 'FORBIDDEN nonce was used before', 'and refuses it again');
SELECT is(pg_temp.try('{"scope": "operate"}'), 'FORBIDDEN scope operate is not among this principal''s rights', 'then the scope');
SELECT is(pg_temp.try('{"scope": "nonsense"}'), 'FORBIDDEN scope nonsense is not among this principal''s rights', 'an unknown scope is nobody''s');
SELECT is(pg_temp.try('{"peer": "peer_op", "scope": "job:submit"}'), 'FORBIDDEN scope job:submit is not among this principal''s rights', 'operators do not submit');

-- after a crash the nonces of reads are gone: what was stamped before is refused
DELETE FROM core.nonce_epoch;
SELECT is(pg_temp.try(jsonb_build_object('ts', floor(extract(epoch FROM clock_timestamp())) - 1)),
  'UNAUTHORIZED timestamp out of window: signed before the last restart', 'a read stamped before the nonces were lost');
SELECT is((SELECT count(*) FROM core.nonce_epoch), 1::bigint, 'the first read starts a new epoch');
SELECT is(pg_temp.try(jsonb_build_object('ts', ceil(extract(epoch FROM clock_timestamp())) + 1)), '200', 'one stamped after is fine');

-- a waiting request looks again, a call whose commit is in doubt tries again
SELECT is(pg_temp.try('{"nonce": "CCCCCCCCCCCCCCCCCCCC", "ts": 1, "reread": true}'), '200', 'a second look needs no fresh time');
SELECT is(pg_temp.try('{"nonce": "CCCCCCCCCCCCCCCCCCCC"}'), '200', 'and uses no nonce');
SELECT is(pg_temp.try('{"reread": true, "scope": "operate"}'), 'FORBIDDEN scope operate is not among this principal''s rights', 'but the same rights');
SELECT is(pg_temp.try('{"nonce": "CCCCCCCCCCCCCCCCCCCC", "retry": true}'), '200', 'a second try finds its own nonce');

-- v1 signatures: only with the setting
SELECT is(pg_temp.try('{"ts": null, "nonce": null, "legacy": true}'), 'UNAUTHORIZED timestamp and nonce must be signed', 'legacy is off');
UPDATE core.setting SET value = 'true' WHERE name = 'legacy_auth';
SELECT is(pg_temp.try('{"ts": null, "nonce": null, "legacy": true}'), '200', 'legacy is on');
SELECT is(pg_temp.try('{"ts": null, "nonce": null}'), 'UNAUTHORIZED timestamp and nonce must be signed', 'and must be asked for');

-- rates: a bucket for reads, one for writes; a token in 1,000 s, so that what the test itself takes counts for nothing
UPDATE core.setting SET value = '3' WHERE name = 'rate_read_burst';
UPDATE core.setting SET value = '0.001' WHERE name = 'rate_read';
DELETE FROM core.rate;
SELECT is((SELECT array_agg(pg_temp.try('{}')) FROM generate_series(1, 3)), '{200,200,200}', 'the burst');
SELECT is(pg_temp.try('{}'), 'RATE_LIMITED too many requests', 'then no more');
SELECT is((SELECT (a.extra #> '{rate,limit}', a.extra #> '{rate,remaining}')::text FROM api.compute_list(pg_temp.auth('con', 'job:read', false), '{}') a), '(3,0)', 'the refusal says the limits');
SELECT ok((SELECT a.retry_ms BETWEEN 900000 AND 1000000 FROM api.compute_list(pg_temp.auth('con', 'job:read', false), '{}') a), 'and the real time to the next token');
UPDATE core.rate SET at = at - interval '800 s';
SELECT is(pg_temp.try('{}'), 'RATE_LIMITED too many requests', 'refusals cost nothing and give nothing');
UPDATE core.rate SET at = at - interval '210 s';
SELECT is(pg_temp.try('{}'), '200', 'in time there is a token again');
SELECT is(pg_temp.try('{"write": true}'), '200', 'writes have their own bucket');
SELECT is(pg_temp.try('{"peer": "peer_own"}'), '200', 'and so have others');
UPDATE core.rate SET at = now() + interval '1 h', tokens = 0;
SELECT is(pg_temp.try('{}'), '200', 'a clock set back locks nobody out');

-- bearer tokens
UPDATE core.setting SET value = '1000000' WHERE name ~ '^rate_';
SELECT is(pg_temp.says(api.token_add(pg_temp.auth('con', 'token'), jsonb_build_object('id', 'tok_1', 'sha256', encode(sha256('t1'), 'hex'), 'name', 'n', 'scopes', '["job:read", "token"]'::jsonb, 'expires_in_s', 3600))), '201', 'a token');
CREATE FUNCTION pg_temp.tok(p_text text, p_scope text) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('mode', 'token', 'sha256', encode(sha256(p_text::bytea), 'hex'), 'write', false, 'scope', p_scope) $$;
SELECT is(pg_temp.says(api.compute_list(pg_temp.tok('t1', 'job:read'), '{}')), '200', 'it opens what it is for');
SELECT is(pg_temp.says(api.compute_list(pg_temp.tok('t1', 'job:submit'), '{}')), 'FORBIDDEN the token lacks scope job:submit', 'and nothing else');
SELECT is(pg_temp.says(api.compute_list(pg_temp.tok('t2', 'job:read'), '{}')), 'UNAUTHORIZED the token is not valid', 'an unknown one');
CREATE FUNCTION pg_temp.mint(p_id text, p_text text, p_scopes text, p_s int) RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.token_add(pg_temp.tok('t1', 'token'), jsonb_build_object('id', p_id, 'sha256', encode(sha256(p_text::bytea), 'hex'), 'name', 'n', 'scopes', p_scopes::jsonb, 'expires_in_s', p_s)) $$;
SELECT is(pg_temp.says(pg_temp.mint('tok_3', 't3', '["job:submit"]', 60)), 'FORBIDDEN scope job:submit is more than the caller has', 'a token mints no wider one');
SELECT is(pg_temp.says(pg_temp.mint('tok_2', 't2', '["job:read"]', 99999)), '201', 'a narrower one it does');
SELECT is((SELECT b.expires_at FROM core.token b WHERE b.id = 'tok_2'), (SELECT a.expires_at FROM core.token a WHERE a.id = 'tok_1'), 'which ends no later');
SELECT is(pg_temp.says(api.token_add(pg_temp.auth('con', 'token'), jsonb_build_object('id', 'tok_9', 'sha256', repeat('00', 32), 'name', 'n', 'scopes', '["operate"]'::jsonb, 'expires_in_s', 60))), 'FORBIDDEN scope operate is more than the caller has', 'nor does a key go beyond its roles');
SELECT is((SELECT jsonb_agg(t -> 'id' ORDER BY t -> 'id') FROM api.token_list(pg_temp.auth('con', 'token', false), '{}') a, jsonb_array_elements(a.body -> 'data') t), '["tok_1", "tok_2"]', 'a list');
SELECT is(pg_temp.says(api.token_remove(pg_temp.auth('own', 'token'), '{"id": "tok_1"}')), 'NOT_FOUND no such token', 'a stranger''s token is unknown');
SELECT is(pg_temp.says(api.token_remove(pg_temp.auth('con', 'token'), '{"id": "tok_1"}')), '204', 'it is killed');
SELECT is(pg_temp.says(api.compute_list(pg_temp.tok(t, 'job:read'), '{}')), 'UNAUTHORIZED the token is not valid', 'dead: ' || t) FROM unnest(ARRAY['t1', 't2']) t;
UPDATE core.token SET revoked_at = NULL;
UPDATE core.token SET expires_at = clock_timestamp() WHERE id = 'tok_1';
SELECT is(pg_temp.says(api.compute_list(pg_temp.tok('t1', 'job:read'), '{}')), 'UNAUTHORIZED the token is not valid', 'expired');
UPDATE core.principal SET enabled = false WHERE name = 'con';
SELECT is(pg_temp.says(api.compute_list(pg_temp.tok('t2', 'job:read'), '{}')), 'FORBIDDEN this principal is switched off', 'of a principal that is off');

SELECT * FROM finish();
ROLLBACK;
