-- Leases: propose, approve, reject, grant, show by any id, list, revoke.
BEGIN;
\ir compute.psql
CREATE FUNCTION pg_temp.propose(p jsonb, p_who text DEFAULT 'con') RETURNS core.answer LANGUAGE sql AS
$$ SELECT api.lease_propose(pg_temp.auth(p_who, 'lease:request'), pg_temp.idem('{"productId": "did:pandacea:earner:abc/1", "maxPrice": "0.5", "duration": "24h", "duration_s": 86400}' || p)) $$;
CREATE FUNCTION pg_temp.do(p_verb text, p jsonb, p_who text DEFAULT 'own') RETURNS core.answer LANGUAGE plpgsql AS
$$ DECLARE a core.answer; BEGIN EXECUTE format('SELECT (x).* FROM api.lease_%s($1, $2) x', p_verb) INTO a USING pg_temp.auth(p_who, 'lease:grant'), p; RETURN a; END $$;
CREATE FUNCTION pg_temp.show(p_id text, p_who text DEFAULT 'con') RETURNS core.answer LANGUAGE sql AS $$ SELECT api.lease_show(pg_temp.auth(p_who, 'lease:request', false), jsonb_build_object('id', p_id)) $$;
SELECT is(pg_temp.says(api.product_put(pg_temp.auth('own', 'asset:write'), pg_temp.idem('{"productId": "did:pandacea:earner:abc/1", "name": "n", "dataType": "csv", "keywords": ["k"], "assets": ["d1", "d2"], "min_price": "0.1"}'))), '201', 'a product');

-- propose
SELECT is(pg_temp.says(pg_temp.propose('{"maxPrice": "0.0009"}')), 'POLICY_REJECTION maxPrice is below the dynamic minimum price 0.1', 'the product''s floor');
SELECT is(pg_temp.says(pg_temp.propose('{"maxPrice": "0.0009", "productId": "did:pandacea:x:y/z"}')), 'POLICY_REJECTION maxPrice is below the dynamic minimum price 0.001', 'the node''s floor, before the product is looked at');
SELECT is(pg_temp.says(pg_temp.propose('{"productId": "did:pandacea:x:y/z"}')), 'NOT_FOUND no such product', 'no product');
SELECT is(pg_temp.says(pg_temp.propose('{}', 'own')), 'FORBIDDEN only consumers ask for leases', 'owners do not ask');
SELECT a.body ->> 'leaseProposalId' AS prop, a.status AS st, a.extra AS ex FROM pg_temp.propose('{}') a \gset
SELECT is(:'st'::text, '202', 'proposed');
SELECT matches(:'prop'::text, '^lease_prop_[a-z2-7]{26}$', 'a proposal id');
SELECT is((:'ex'::jsonb) ->> 'location', '/api/v1/leases/' || :'prop', 'where to look');
SELECT is((SELECT r.body - ARRAY['createdAt', 'updatedAt'] FROM pg_temp.show(:'prop') r), jsonb_build_object('status', 'pending', 'state', 'pending', 'proposal_id', :'prop',
  'productId', 'did:pandacea:earner:abc/1', 'maxPrice', '0.5', 'duration_s', 86400, 'max_limits', '{}'::jsonb, 'max_priority', 0, 'owner', 'prn_own', 'consumer', 'prn_con'), 'pending: neither lease id yet');
SELECT is(pg_temp.says(pg_temp.show(:'prop', 'con2')), 'NOT_FOUND no such lease', 'not for strangers');

-- approve
SELECT is(pg_temp.says(pg_temp.do('approve', jsonb_build_object('id', :'prop'), 'own2')), 'NOT_FOUND no such lease', 'another owner cannot');
UPDATE core.principal SET roles = '{consumer,owner}' WHERE name = 'con';
SELECT is(pg_temp.says(pg_temp.do('approve', jsonb_build_object('id', :'prop'), 'con')), 'FORBIDDEN only the owner of the data decides on a lease', 'nor the consumer, were it an owner of others');
SELECT is(pg_temp.says(pg_temp.do('approve', jsonb_build_object('id', :'prop', 'price', '0.6'))), 'VALIDATION_ERROR price is above the maxPrice of the proposal', 'not above what was offered');
SELECT is(pg_temp.says(pg_temp.do('revoke', '{"id": "no"}')), 'NOT_FOUND no such lease', 'an unknown id');
SELECT a.body AS b, a.status AS st FROM pg_temp.do('approve', jsonb_build_object('id', :'prop', 'price', '0.25', 'max_runs', 2, 'max_priority', 1)) a \gset
SELECT is((:'st', b ->> 'status', b ->> 'price', b ->> 'runs_left', b -> 'assets', b ->> 'state')::text, '(200,approved,250000000000000000,2,"[""d1"", ""d2""]",approved)', 'approved: price in wei, runs, what it covers') FROM (SELECT :'b'::jsonb AS b) x;
SELECT ok((b ->> 'expires_at')::timestamptz BETWEEN clock_timestamp() + interval '23 h 59 min' AND clock_timestamp() + interval '24 h', 'the duration starts') FROM (SELECT :'b'::jsonb AS b) x;
SELECT is(pg_temp.says(pg_temp.do('approve', jsonb_build_object('id', :'prop'))), 'CONFLICT the lease is approved', 'once');
SELECT is((SELECT array_agg(DISTINCT pg_temp.show(i)) FROM unnest(ARRAY[:'prop', :'b'::jsonb ->> 'lease_id', :'b'::jsonb ->> 'leaseId']) i), ARRAY[pg_temp.show(:'prop')], 'all three ids answer alike');
SELECT is(pg_temp.says(pg_temp.submit(jsonb_build_object('lease_id', :'b'::jsonb -> 'lease_id'))), '202', 'the lease id is what a submit takes');
SELECT is(pg_temp.says(pg_temp.submit(jsonb_build_object('lease_id', :'prop'))), 'FORBIDDEN lease refused: you have no lease of this name', 'the proposal id is not');

-- reject
SELECT a.body ->> 'leaseProposalId' AS prop2 FROM pg_temp.propose('{}') a \gset
SELECT is((SELECT (a.status, a.body ->> 'status', a.body ->> 'reason')::text FROM pg_temp.do('reject', jsonb_build_object('id', :'prop2', 'reason', 'no')) a), '(200,rejected,no)', 'rejected');
SELECT is(pg_temp.says(pg_temp.do('reject', jsonb_build_object('id', :'prop2'))), '200', 'again');
SELECT is(pg_temp.says(pg_temp.do('approve', jsonb_build_object('id', :'prop2'))), 'CONFLICT the lease is rejected', 'it stays so');
SELECT is(pg_temp.says(pg_temp.do('revoke', jsonb_build_object('id', :'prop2'))), 'CONFLICT the lease is rejected', 'nothing to revoke');
SELECT is(pg_temp.says(pg_temp.do('reject', jsonb_build_object('id', :'prop'))), 'CONFLICT the lease is approved', 'an approved one is revoked, not rejected');
SELECT a.body ->> 'leaseProposalId' AS prop3 FROM pg_temp.propose('{}') a \gset
DELETE FROM core.product_asset;
SELECT is(pg_temp.says(pg_temp.do('approve', jsonb_build_object('id', :'prop3'))), 'CONFLICT the product covers no assets', 'a product that became empty');

-- grant
SELECT is(pg_temp.says(pg_temp.grant(g)), m, m) FROM (VALUES
  ('{"assets": ["d1"], "consumer": "prn_x"}'::jsonb, 'VALIDATION_ERROR consumer is not one that is known here'),
  ('{"assets": ["d1"], "consumer": "prn_own2"}', 'VALIDATION_ERROR consumer is not one that is known here'),
  ('{}', 'VALIDATION_ERROR exactly one of assets and productId is needed'),
  ('{"assets": ["d1"], "productId": "p"}', 'VALIDATION_ERROR exactly one of assets and productId is needed'),
  ('{"assets": ["d1"], "expires_at": "2020-01-01T00:00:00Z"}', 'VALIDATION_ERROR expires_at must be in the future'),
  ('{"assets": ["d1"], "lease_id": "12"}', 'VALIDATION_ERROR lease_id must not look like a serial number or a proposal'),
  ('{"assets": ["d1"], "lease_id": "lease_prop_x"}', 'VALIDATION_ERROR lease_id must not look like a serial number or a proposal'),
  ('{"assets": ["d1"], "max_limits": {"cpus": 9}}', 'VALIDATION_ERROR max_limits.cpus must be a whole number from 1 to 8'),
  ('{"assets": ["d1", "nope"]}', 'VALIDATION_ERROR assets[1] is not an asset of yours'),
  ('{"productId": "did:pandacea:earner:abc/1"}', 'VALIDATION_ERROR productId is not a product of yours that covers assets'),
  ('{"assets": ["d1"], "lease_id": "L"}', 'CONFLICT lease_id is taken')) t (g, m);
SELECT is((SELECT (a.status, a.body ->> 'lease_id', a.extra ->> 'location')::text FROM pg_temp.grant('{"assets": ["d1"], "consumer": "peer_con2", "lease_id": "G"}') a), '(201,G,/api/v1/leases/G)', 'by the consumer''s key');
SELECT is(pg_temp.says(pg_temp.submit('{"lease_id": "G"}', 'con2')), '202', 'usable at once');
SELECT is(pg_temp.says(api.lease_grant(pg_temp.auth('own2', 'lease:grant'), '{"consumer": "prn_con", "assets": ["d1"], "expires_at": "2999-01-01T00:00:00Z"}')), 'VALIDATION_ERROR assets[0] is not an asset of yours', 'nobody grants what is another''s');
SELECT is(pg_temp.says(pg_temp.grant(jsonb_build_object('assets', '["d1"]'::jsonb, 'lease_id', repeat('ab', 32)))), '201', 'a name like a chain lease');
SELECT is(pg_temp.says(pg_temp.show('0x' || repeat('AB', 32))), '200', 'is found however it is written');
SELECT pg_temp.idem('{"consumer": "prn_con", "assets": ["d1"], "expires_at": "2999-01-01T00:00:00Z"}') AS g \gset
SELECT is((SELECT a.body - 'updatedAt' FROM api.lease_grant(pg_temp.auth('own', 'lease:grant'), :'g') a), (SELECT a.body - 'updatedAt' FROM api.lease_grant(pg_temp.auth('own', 'lease:grant'), :'g') a), 'the same key grants once');

-- list
CREATE FUNCTION pg_temp.list(p jsonb, p_who text DEFAULT 'own') RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg(coalesce(x ->> 'lease_id', 'proposal') ORDER BY n) FROM api.lease_list(pg_temp.auth(p_who, 'lease:request', false), p) r, jsonb_array_elements(r.body -> 'data') WITH ORDINALITY e (x, n) $$;
SELECT is(pg_temp.list('{"consumer": "prn_con2"}'), '{G}', 'by consumer');
SELECT is(pg_temp.list('{}', 'con2'), '{G}', 'held');
SELECT is(pg_temp.list('{"asset": "d3"}'), '{L}', 'by asset');
SELECT is(pg_temp.list('{"state": "pending"}', 'con'), '{proposal}', 'by state');
UPDATE core.data_lease SET expires_at = clock_timestamp() WHERE lease_id = 'G';
SELECT is(pg_temp.list('{"state": "expired"}'), '{G}', 'expired');
SELECT is(pg_temp.list('{}', 'own2'), NULL, 'not for strangers');
SELECT is((SELECT jsonb_array_length(r.body -> 'data') FROM api.lease_list(pg_temp.auth('own', 'lease:request', false), jsonb_build_object('limit', 2, 'cursor', (SELECT x.body ->> 'nextCursor' FROM api.lease_list(pg_temp.auth('own', 'lease:request', false), '{"limit": 2}') x))) r), 2, 'pages');
SELECT is((SELECT jsonb_agg(x.body -> 'nextCursor') FROM api.lease_list(pg_temp.auth('own', 'lease:request', false), '{"limit": 200}') x), '[""]', 'and an end');

-- revoke: queued and running end, staged output is destroyed, released stays
SELECT pg_temp.grant('{"lease_id": "R", "assets": ["d1", "d2"], "max_runs": 9}') \g /dev/null
CREATE FUNCTION pg_temp.r(p_asset text) RETURNS uuid LANGUAGE sql AS $$ SELECT pg_temp.start(jsonb_build_object('lease_id', 'R', 'inputs', jsonb_build_array(jsonb_build_object('asset_id', p_asset, 'variable_name', 'x')))) $$;
SELECT pg_temp.r('d1') AS done1, pg_temp.r('d2') AS held1 \gset
SELECT is(pg_temp.finish_job(i::uuid, pg_temp.good()), NULL, 'finished') FROM unnest(ARRAY[:'done1', :'held1']) i;
SELECT pg_temp.r('d1') AS run1 \gset
SELECT ok(pg_temp.claim() > 0, 'one runs');
SELECT l.id AS rid, l.token AS rtok, l.worker AS rw FROM core.lease l JOIN core.computation m ON m.job_id = l.id WHERE m.public_id = :'run1' \gset
SELECT pg_temp.r('d1') AS wait1 \gset
SELECT is((SELECT array_agg(pg_temp.state(i::uuid)) FROM unnest(ARRAY[:'done1', :'held1', :'run1', :'wait1']) i), '{"completed released","pending in_review","pending running","pending queued"}', 'four jobs');
SELECT a.status AS st, a.extra AS ex, a.body ->> 'state' AS state FROM pg_temp.do('revoke', '{"id": "R", "reason": "enough"}') a \gset
SELECT is(:'st' || ' ' || :'state', '200 revoked', 'revoked');
SELECT is((SELECT array_agg(pg_temp.state(i::uuid)) FROM unnest(ARRAY[:'done1', :'held1', :'run1', :'wait1']) i), '{"completed released","failed withheld LEASE_REVOKED","failed failed LEASE_REVOKED","failed failed LEASE_REVOKED"}', 'what was released stays');
SELECT is(:'ex'::jsonb -> 'announce', (SELECT jsonb_build_array(job_id) FROM core.computation WHERE public_id = :'held1'), 'waiters of the held one are to be told');
SELECT is((SELECT count(*) FROM core.artifact a JOIN core.computation m ON m.job_id = a.job_id WHERE m.public_id = :'held1' AND a.sha256 IS NOT NULL), 0::bigint, 'its bytes are gone');
SELECT is((SELECT count(*) FROM core.artifact a JOIN core.computation m ON m.job_id = a.job_id WHERE m.public_id = :'held1' AND a.digest IS NOT NULL), 4::bigint, 'its digests are not');
SELECT is((SELECT what FROM api.job_turn(:rw, 1::smallint, ARRAY[:'rid']::uuid[], ARRAY[:'rtok']::uuid[], jsonb_build_array(pg_temp.good()), 0, -1)), 'fenced', 'the worker''s result is not taken');
SELECT is(pg_temp.says(api.compute_release(pg_temp.auth('own', 'review'), jsonb_build_object('id', :'held1'))), 'CONFLICT nothing waits for release', 'release is impossible now');
SELECT is((SELECT (core.lease_runs_left(serial))::text FROM core.data_lease WHERE lease_id = 'R'), '6', 'runs: two done and one begun are used');
SELECT is(pg_temp.says(pg_temp.do('revoke', '{"id": "R"}')), '200', 'again');
SELECT is((SELECT reason FROM core.data_lease WHERE lease_id = 'R'), 'enough', 'changes nothing');
SELECT is((SELECT count(*) FROM core.event WHERE object = 'R' AND verb = 'lease.revoked'), 1::bigint, 'one event');
SELECT is((SELECT r.body ->> 'status' FROM pg_temp.show('R') r), 'rejected', 'v1 clients know three words');
SELECT is(pg_temp.says(pg_temp.submit('{"lease_id": "R"}')), 'FORBIDDEN lease refused: LEASE_REVOKED', 'no more jobs');

SELECT * FROM finish();
ROLLBACK;
