-- Names of keys, wallet addresses, disputes.
BEGIN;
\ir compute.psql

-- an RSA key answers to two ids
SELECT is(pg_temp.says(api.key_add(pg_temp.auth('op', 'operate'), pg_temp.idem('{"id": "prn_con", "keys": [{"peer_id": "QmLib", "alias": "QmOld", "alg": "rsa", "public_key": "3082"}]}'))), '201', 'an RSA key');
SELECT is((SELECT a.body FROM api.key_find('{"mode": "none"}', jsonb_build_object('peer_id', i)) a), '{"public_key": "3082"}', 'found by ' || i) FROM unnest(ARRAY['QmLib', 'QmOld']) i;
SELECT is(pg_temp.says(api.key_find('{"mode": "none"}', '{"peer_id": "QmNo"}')), 'NOT_FOUND no such key', 'and by no other');
SELECT is(core.principal_named('QmOld'), core.principal_named('prn_con'), 'it names its principal');
SELECT ok(EXISTS (SELECT FROM api.principal_list(pg_temp.auth('op', 'operate', false), '{}') a, jsonb_path_query(a.body, '$.data[*].keys[*] ? (@.alias == "QmOld")')), 'operators see both');
SELECT throws_ok($$ UPDATE core.principal_key SET alias = 'QmX' WHERE peer_id = 'peer_con' $$, '23514', NULL, 'only RSA keys have two');
SELECT is(pg_temp.says(api.key_remove(pg_temp.auth('op', 'operate'), '{"id": "prn_con", "peer_id": "QmOld"}')), '204', 'removed by the second');
SELECT is(pg_temp.says(api.key_find('{"mode": "none"}', jsonb_build_object('peer_id', i))), 'NOT_FOUND no such key', 'gone: ' || i) FROM unnest(ARRAY['QmLib', 'QmOld']) i;

-- challenges
CREATE FUNCTION pg_temp.make(p_n int, p_auth jsonb DEFAULT '{"mode": "none"}', p_address text DEFAULT '0xaa') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.challenge_make(p_auth, jsonb_build_object('nonce', lpad(p_n::text, 64, '0'), 'address', p_address || repeat('0', 38), 'node', 'node.example', 'request_id', 'r')) $$;
CREATE FUNCTION pg_temp.take(p_n int, p_auth jsonb DEFAULT '{"mode": "none"}', p_signer text DEFAULT '0xaa', p_request text DEFAULT 'r1') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.challenge_take(p_auth, jsonb_build_object('nonce', lpad(p_n::text, 64, '0'), 'signer', p_signer || repeat('0', 38), 'request_id', p_request)) $$;
CREATE FUNCTION pg_temp.owner_of(p_address text) RETURNS text LANGUAGE sql AS
$$ SELECT p.name FROM core.principal_address d JOIN core.principal p ON p.id = d.principal WHERE d.address = p_address || repeat('0', 38) $$;
SELECT a.status AS st, a.body AS b FROM pg_temp.make(1) a \gset
SELECT is(:'st'::text, '201', 'nobody in particular may ask');
SELECT is((:'b'::jsonb) ->> 'message', E'Prove to a Darkroom node that this address is yours.\n\nNode: node.example\nAddress: 0xaa' || repeat('0', 38) || E'\nNonce: ' || lpad('1', 64, '0'), 'the message names node, address and nonce');
SELECT ok(((:'b'::jsonb) ->> 'expires_at')::timestamptz BETWEEN clock_timestamp() + interval '299 s' AND clock_timestamp() + interval '300 s', 'for 300 s');
SELECT is((SELECT a.body FROM pg_temp.make(1) a), :'b'::jsonb, 'a second try of the call is the same challenge');
SELECT is((SELECT a.body FROM api.challenge_show('{"mode": "none"}', jsonb_build_object('nonce', lpad('1', 64, '0'))) a), jsonb_build_object('message', (:'b'::jsonb) -> 'message'), 'shown again');
SELECT is(pg_temp.says(api.challenge_show('{"mode": "none"}', '{"nonce": "x"}')), 'UNAUTHORIZED the challenge is unknown or over', 'another nonce');
SELECT is((SELECT a.body FROM pg_temp.take(1) a), jsonb_build_object('address', '0xaa' || repeat('0', 38), 'valid', true, 'bound', false), 'answered: proved, bound to nobody');
SELECT is(pg_temp.owner_of('0xaa'), NULL, 'really');
SELECT is(pg_temp.says(pg_temp.take(1, p_request => 'r2')), 'UNAUTHORIZED the challenge is unknown or over', 'it works once');
SELECT is(pg_temp.says(pg_temp.take(1)), 'UNAUTHORIZED the challenge is unknown or over', 'also for the same request id');
SELECT is(pg_temp.says(pg_temp.take(1, '{"mode": "none", "retry": true}')), '200', 'but for a second try of the very call');
SELECT is(pg_temp.says(pg_temp.make(2)), '201', 'another');
SELECT is(pg_temp.says(pg_temp.take(2, p_signer => '0xbb')), 'UNAUTHORIZED this is not the address''s signature of the challenge''s message', 'a signature of somebody else');
SELECT is(pg_temp.says(pg_temp.take(2)), 'UNAUTHORIZED the challenge is unknown or over', 'uses it up');
SELECT is(pg_temp.says(pg_temp.make(3)), '201', 'another');
SELECT is(pg_temp.says(api.challenge_take('{"mode": "none"}', jsonb_build_object('nonce', lpad('3', 64, '0'), 'request_id', 'r1'))), 'UNAUTHORIZED this is not the address''s signature of the challenge''s message', 'no wallet signature at all');
SELECT is(pg_temp.says(pg_temp.make(4)), '201', 'another');
UPDATE core.challenge SET expires_at = clock_timestamp() - interval '1 s';
SELECT is(pg_temp.says(pg_temp.take(4)), 'UNAUTHORIZED the challenge is unknown or over', 'too late');
SELECT is(pg_temp.says(pg_temp.make(5)), '201', 'another');
SELECT is((SELECT count(*) FROM core.challenge), 1::bigint, 'what is over is swept by those who come after');

-- binding
SELECT ok((SELECT a.body ->> 'message' FROM pg_temp.make(6, pg_temp.auth('con', 'lease:request')) a) LIKE E'%\nCaller: peer_con', 'the message names the caller');
SELECT is((SELECT (a.body ->> 'bound') FROM pg_temp.take(6, pg_temp.auth('con', 'lease:request')) a), 'true', 'asked and answered by one caller: bound');
SELECT is(pg_temp.owner_of('0xaa'), 'con', 'to it');
SELECT is(pg_temp.says(pg_temp.make(7, pg_temp.auth('con', 'lease:request'), '0xbb')), '201', 'asked by one');
SELECT is((SELECT (a.body ->> 'bound') FROM pg_temp.take(7, pg_temp.auth('con2', 'lease:request'), '0xbb') a), 'false', 'answered by another: bound to nobody');
SELECT is(pg_temp.says(pg_temp.make(8, pg_temp.auth('con', 'lease:request'), '0xbb')), '201', 'asked by one');
SELECT is((SELECT (a.body ->> 'bound') FROM pg_temp.take(8, p_signer => '0xbb') a), 'false', 'answered by nobody: the same');
SELECT is(pg_temp.owner_of('0xbb'), NULL, 'really');
SELECT is(pg_temp.says(pg_temp.make(9, pg_temp.auth('con2', 'lease:request'))), '201', 'somebody else');
SELECT is(pg_temp.says(pg_temp.take(9, pg_temp.auth('con2', 'lease:request'))), '200', 'has the wallet now');
SELECT is(pg_temp.owner_of('0xaa'), 'con2', 'the last proof counts');
SELECT is((SELECT array_agg(e.detail ORDER BY e.seq) FROM core.event e WHERE e.verb = 'address.bound'), ARRAY['{}', '{"from": "prn_con"}']::jsonb[], 'and the audit says from whom');
INSERT INTO core.principal_address (address, principal) SELECT '0xcc' || lpad(i::text, 38, '0'), core.principal_named('prn_con') FROM generate_series(1, 100) i;
SELECT is(pg_temp.says(pg_temp.make(10, pg_temp.auth('con', 'lease:request'), '0xdd')), '201', 'of very many addresses');
SELECT is(pg_temp.says(pg_temp.take(10, pg_temp.auth('con', 'lease:request'), '0xdd')), 'QUOTA_EXCEEDED a principal has at most 100 addresses', 'one too many');
SELECT is(pg_temp.says(pg_temp.make(11, pg_temp.auth('con', 'operate'))), 'FORBIDDEN scope operate is not among this principal''s rights', 'who gives a name is checked');
SELECT is(pg_temp.says(pg_temp.make(11, '{"mode": "token", "sha256": "00", "write": true, "scope": "lease:request"}')), 'UNAUTHORIZED the token is not valid', 'bad credentials are not none');
UPDATE core.setting SET value = '2' WHERE name = 'rate_submit_burst';
UPDATE core.setting SET value = '0.01' WHERE name = 'rate_submit';
DELETE FROM core.rate;
SELECT is((SELECT array_agg(pg_temp.says(pg_temp.make(20 + i))) FROM generate_series(1, 3) i), ARRAY['201', '201', 'RATE_LIMITED too many requests'], 'all who give no name share one bucket');
SELECT is(pg_temp.says(pg_temp.make(30, pg_temp.auth('con', 'lease:request'))), '201', 'which is not that of callers');
UPDATE core.setting SET value = '1000000' WHERE name ~ '^rate_';

-- the spender of a submit
SELECT is(pg_temp.says(pg_temp.grant(jsonb_build_object('assets', '["d1"]'::jsonb, 'lease_id', 'S', 'spender', '0xAA' || repeat('0', 38)))), '201', 'a lease that names a spender');
SELECT is(pg_temp.says(pg_temp.submit('{"lease_id": "S"}')), 'UNAUTHORIZED this lease needs the X-Pandacea-Spender-Address header', 'none named');
SELECT is(pg_temp.says(pg_temp.submit(jsonb_build_object('lease_id', 'S', 'spender', '0xaa' || repeat('0', 38)))), 'FORBIDDEN the spender address is not yours or not this lease''s', 'another''s address');
UPDATE core.principal_address SET principal = core.principal_named('prn_con') WHERE address LIKE '0xaa%';
SELECT is(pg_temp.says(pg_temp.submit(jsonb_build_object('lease_id', 'S', 'spender', '0xcc' || lpad('1', 38, '0')))), 'FORBIDDEN the spender address is not yours or not this lease''s', 'mine, but not the lease''s');
SELECT is(pg_temp.says(pg_temp.submit(jsonb_build_object('lease_id', 'S', 'spender', '0xAA' || repeat('0', 38)))), '202', 'both');
UPDATE core.principal_address SET principal = core.principal_named('prn_con2') WHERE address LIKE '0xaa%';
SELECT is(pg_temp.says(pg_temp.submit(jsonb_build_object('lease_id', 'L', 'spender', '0xaa' || repeat('0', 38)))), 'FORBIDDEN the spender address is not yours or not this lease''s', 'another''s address where the lease names none');

-- disputes
CREATE FUNCTION pg_temp.dispute(p_who text DEFAULT 'con', p jsonb DEFAULT '{}') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.lease_dispute(pg_temp.auth(p_who, 'lease:request'), pg_temp.idem('{"id": "L", "reason": "not what was said"}' || p)) $$;
CREATE FUNCTION pg_temp.close(p_who text DEFAULT 'own', p jsonb DEFAULT '{}') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.dispute_close(pg_temp.auth(p_who, 'lease:grant'), '{"id": "L", "request_id": "r"}' || p) $$;
SELECT is(pg_temp.says(pg_temp.submit()), '202', 'a job before');
SELECT pg_temp.start() AS early \gset
SELECT is(pg_temp.says(pg_temp.dispute('con2')), 'NOT_FOUND no such lease', 'strangers dispute nothing');
SELECT a.status AS st, a.body AS b FROM pg_temp.dispute() a \gset
SELECT is(:'st'::text, '201', 'raised');
SELECT ok((:'b'::jsonb) ->> 'disputeId' ~ '^dsp_[a-z2-7]{26}$' AND (:'b'::jsonb) ->> 'status' = 'pending', 'with an id, pending');
SELECT matches(pg_temp.says(pg_temp.dispute()), '^CONFLICT your dispute dsp_.* is still open$', 'one at a time');
SELECT matches(pg_temp.says(pg_temp.submit()), '^FORBIDDEN', 'no job is admitted');
SELECT lives_ok($$ SELECT pg_temp.claim() $$, 'what waits is looked at again at its claim');
SELECT is(pg_temp.state(:'early'), 'failed failed POLICY_DENIED', 'and not admitted either');
SELECT is((SELECT jsonb_array_length(a.body -> 'disputes') FROM api.lease_show(pg_temp.auth('own', 'lease:request', false), '{"id": "L"}') a), 1, 'the owner sees it');
SELECT is(pg_temp.says(pg_temp.close('con')), 'FORBIDDEN scope lease:grant is not among this principal''s rights', 'the consumer does not close it');
SELECT is(pg_temp.says(pg_temp.close('own2')), 'NOT_FOUND no such lease', 'nor does another owner');
SELECT is(pg_temp.says(pg_temp.close('own', '{"disputeId": "dsp_x"}')), 'NOT_FOUND no such dispute', 'one that is none');
SELECT is(pg_temp.says(pg_temp.dispute('own')), '201', 'the owner raises one as well');
SELECT is(pg_temp.says(pg_temp.close('own', jsonb_build_object('disputeId', (:'b'::jsonb) -> 'disputeId', 'note', 'settled'))), '200', 'the first is closed');
SELECT matches(pg_temp.says(pg_temp.submit()), '^FORBIDDEN', 'the other holds');
SELECT is(pg_temp.says(pg_temp.close('op')), '200', 'an operator closes what is left, whoever''s lease it is');
SELECT is(pg_temp.says(pg_temp.close('op')), '200', 'again is harmless');
SELECT is(pg_temp.says(pg_temp.submit()), '202', 'jobs are admitted again');
SELECT is((SELECT array_agg(e.verb ORDER BY e.seq) FROM core.event e WHERE e.object = 'L' AND e.verb ~ 'disput'), '{lease.disputed,lease.disputed,dispute.closed,dispute.closed}', 'the audit knows all of it');
SELECT is((SELECT array_agg(d.note ORDER BY d.created_at) FROM ops.disputes d), '{settled,NULL}', 'and so do operators');
SELECT is(pg_temp.says(api.lease_revoke(pg_temp.auth('op', 'lease:grant'), '{"id": "L"}')), 'NOT_FOUND no such lease', 'an operator gives and ends no lease');
SELECT is(pg_temp.says(api.lease_grant(pg_temp.auth('op', 'lease:grant'), pg_temp.idem('{"assets": ["d1"], "consumer": "prn_con"}'))), 'FORBIDDEN only owners give leases', 'nor grants one');
SELECT is(pg_temp.says(pg_temp.dispute('con', '{"id": "nope"}')), 'NOT_FOUND no such lease', 'an unknown lease');

-- the front may call all of it, workers nothing
SELECT ok(has_function_privilege('darkroom_fcgi', f, 'EXECUTE') AND NOT has_function_privilege('darkroom_worker', f, 'EXECUTE'), f)
  FROM unnest('{"api.key_find(jsonb,jsonb)","api.challenge_make(jsonb,jsonb)","api.challenge_show(jsonb,jsonb)","api.challenge_take(jsonb,jsonb)","api.lease_dispute(jsonb,jsonb)","api.dispute_close(jsonb,jsonb)"}'::text[]) f;

SELECT * FROM finish();
ROLLBACK;
