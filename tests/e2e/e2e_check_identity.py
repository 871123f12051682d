#!/usr/bin/python3
"""Who may do what: checks 8, 12, 14, 19, 21, 22, 24 and 31 of the compute specification, section 6."""
import hashlib
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Client, Key, Node, Tap, need_root  # noqa: E402

EXECUTE = "/api/v1/privacy/execute"


def body_for(lease, code="print(1)", **more):
    return {"lease_id": lease, "code": code, "inputs": [{"asset_id": "data_456", "variable_name": "features"}], **more}


def check_8(t, n, owner, consumer, lease):
    stranger = n.principal("stranger-owner", ["owner", "consumer"])
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    s, _, _ = stranger.call("POST", "/api/v1/leases/grant", {"consumer": stranger.principal_id, "assets": ["data_456"], "expires_at": until})
    t.ok(s in (400, 403, 404), "check 8: nobody leases another owner's asset to himself (%d)" % s)
    s, _, b = stranger.call("POST", EXECUTE, body_for(lease))
    t.is_((s, b["error"]["code"]), (403, "FORBIDDEN"), "check 8: a lease of somebody else is refused")
    s, _, b = consumer.call("POST", EXECUTE, {"lease_id": lease, "code": "1", "inputs": [{"asset_id": "not_leased", "variable_name": "x"}]})
    t.is_(s, 403, "check 8: an asset that the lease does not cover is refused")


def check_12(t, n, owner, consumer, lease):
    comp = consumer.submit(lease, "open('/out/a', 'w').write('x')", {"features": "data_456"})
    consumer.wait(comp)
    other, unknown = n.principal("other", ["consumer"]), "comp-" + "a" * 26
    for method, path in (("GET", ""), ("GET", "/artifacts/a"), ("GET", "/logs?stream=stdout"), ("POST", "/cancel"), ("DELETE", ""),
                         ("POST", "/release"), ("POST", "/withhold")):
        answers = []
        for name in (comp, unknown):
            s, _, b = other.call(method, "/api/v1/privacy/results/%s%s" % (name, path))
            b["error"].pop("requestId")
            answers.append((s, b))
        t.is_(answers[0], answers[1], "check 12: %s %s of another's job is the answer of an unknown id" % (method, path or "/"))
    first = consumer.submit(lease, "1", {"features": "data_456"})[5:]
    second = consumer.submit(lease, "1", {"features": "data_456"})[5:]
    t.ok(sum(a == b for a, b in zip(first, second)) < 10, "check 12: neighbouring ids share nothing")


def check_14(t, n, owner, consumer, lease):
    path = "/api/v1/privacy/computations"

    def get(**kw):
        s, _, b = consumer.call("GET", kw.pop("target", path), **kw)
        return s
    nonce = "A" * 22
    t.is_([get(nonce=nonce), get(nonce=nonce)], [200, 403], "check 14: a nonce works once")
    t.is_(get(ts=int(time.time()) - 180), 401, "check 14: an old timestamp")
    t.is_(get(ts=int(time.time()) + 180), 401, "check 14: a timestamp ahead")
    t.is_(get(host="elsewhere.example"), 403, "check 14: signed for another host")
    h = consumer.headers("GET", path, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    anon = Client(n, "anonymous")
    t.is_(anon.call("GET", path + "?limit=1", headers=h)[0], 403, "check 14: the query is signed")
    t.is_(anon.call("DELETE", "/api/v1/privacy/results/comp-" + "a" * 26, headers=h)[0], 403, "check 14: method and path are signed")
    t.is_(anon.call("GET", path, headers={**h, "Host": "not-this-node.example"})[0], 403, "check 14: a host that is not ours")
    h = consumer.headers("POST", EXECUTE, "0" * 64)
    t.is_(anon.call("POST", EXECUTE, body_for(lease), headers=h)[0], 403, "check 14: the body is signed")
    h = consumer.headers("POST", EXECUTE, "0" * 64, spender="0x" + "1" * 40)
    t.is_(anon.call("POST", EXECUTE, body_for(lease), headers={**h, "X-Pandacea-Spender-Address": "0x" + "2" * 40})[0], 403, "check 14: the spender is signed")
    # After a crash of the database: writes are remembered, older reads refused.
    wnonce, rnonce = "W" * 22, "R" * 22
    t.is_(consumer.call("POST", EXECUTE, body_for(lease), nonce=wnonce)[0], 202, "a write before the crash")
    ts = int(time.time())
    t.is_(get(nonce=rnonce, ts=ts), 200, "a read before the crash")
    n.kill("pg")
    n.start("pg")
    n.wait(lambda: n.http_up() and n.client("operator").call("GET", "/api/v1/principals")[0] == 200, 30, "front reconnected")
    t.is_(consumer.call("POST", EXECUTE, body_for(lease), nonce=wnonce)[0], 403, "check 14: the write's nonce survives the crash")
    t.is_(get(nonce=rnonce, ts=ts), 401, "check 14: the read's stamp is older than the server")


def check_19(t, n, owner, consumer, lease):
    ids = [consumer.call("POST", EXECUTE, body_for(lease, "print(19)"), idem="same-key") for _ in range(6)]
    t.is_(len({b["computation_id"] for _, _, b in ids}), 1, "check 19: six sends of one submit are one job")
    t.is_([h.get("idempotency-replayed") for _, h, _ in ids], [None] + ["true"] * 5, "check 19: repeats say so")
    s, _, b = consumer.call("POST", EXECUTE, body_for(lease, "print(20)"), idem="same-key")
    t.is_((s, b["error"]["code"]), (409, "CONFLICT"), "check 19: the same key with another body")
    comp = ids[0][2]["computation_id"]
    consumer.wait(comp)
    t.is_(consumer.call("DELETE", "/api/v1/privacy/results/" + comp)[0], 204, "the job is deleted")
    t.is_(consumer.call("POST", EXECUTE, body_for(lease, "print(19)"), idem="same-key")[2].get("computation_id"), comp,
          "check 19: after that the key still gives the old id")


def check_21(t, n, owner, consumer, lease):
    comp = consumer.submit(lease, "import time\ntime.sleep(300)", {"features": "data_456"})
    out = []

    def waiter():
        out.append(consumer.call("GET", "/api/v1/privacy/results/%s?wait=30" % comp)[0])
    ts = [threading.Thread(target=waiter) for _ in range(200)]
    for th in ts:
        th.start()
        time.sleep(0.005)       # pause: 200 waiters of one principal within its read rate
    n.parked(200)
    consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp)
    for th in ts:
        th.join(60)
    t.is_(sorted(set(out)), [200], "check 21: 200 waiters behind one address, none limited")
    t.is_(len(out), 200, "check 21: all are answered")
    n.psql("UPDATE core.setting SET value = '3' WHERE name = 'open_jobs_max'")
    few = n.principal("few", ["consumer"])
    lease2 = owner.grant(few, ["data_456"])
    n.client("operator").must("PATCH", "/api/v1/lanes/compute", {"paused": True})
    jobs = [few.submit(lease2, "1", {"features": "data_456"}) for _ in range(3)]
    s, _, b = few.call("POST", EXECUTE, body_for(lease2))
    t.is_((s, b["error"]["code"]), (409, "QUOTA_EXCEEDED"), "check 21: at the cap of open jobs 409")
    few.must("POST", "/api/v1/privacy/results/%s/cancel" % jobs[0])
    t.is_(few.call("POST", EXECUTE, body_for(lease2))[0], 202, "check 21: a finished job frees a place")
    n.client("operator").must("PATCH", "/api/v1/lanes/compute", {"paused": False})
    n.psql("UPDATE core.setting SET value = '1000' WHERE name = 'open_jobs_max'")
    n.psql("UPDATE core.setting SET value = '2' WHERE name LIKE 'rate_read%'")
    got = [consumer.call("GET", "/api/v1/privacy/computations", headers={"X-Forwarded-For": "10.0.0.%d" % i}) for i in range(6)]
    limited = [(h.get("retry-after"), b["error"]["code"]) for s, h, b in got if s == 429]
    t.ok(limited and all(ra and code == "RATE_LIMITED" for ra, code in limited), "check 21: forged forwarding headers do not change the bucket; 429 tells when")
    n.psql("UPDATE core.setting SET value = '100' WHERE name = 'rate_read'; UPDATE core.setting SET value = '200' WHERE name = 'rate_read_burst'")


def check_22(t, n, owner, consumer, lease):
    lease3 = owner.grant(consumer, ["data_456"], max_runs=3)
    out = []

    def go(i):
        out.append(consumer.call("POST", EXECUTE, body_for(lease3, "print(%d)" % i)))
    ts = [threading.Thread(target=go, args=(i,)) for i in range(10)]
    [th.start() for th in ts]
    [th.join() for th in ts]
    ok = [b["computation_id"] for s, _, b in out if s == 202]
    t.is_(len(ok), 3, "check 22: three runs, ten concurrent submits, three admitted")
    t.is_({s for s, _, _ in out if s != 202}, {403}, "check 22: the others are refused")
    for c in ok:
        consumer.wait(c)
    t.is_(consumer.must("GET", "/api/v1/leases/" + lease3)["runs_left"], 0, "check 22: no run is left")
    lease1 = owner.grant(consumer, ["data_456"], max_runs=1)
    n.client("operator").must("PATCH", "/api/v1/lanes/compute", {"paused": True})
    comp = consumer.submit(lease1, "1", {"features": "data_456"})
    consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp)
    n.client("operator").must("PATCH", "/api/v1/lanes/compute", {"paused": False})
    t.is_(consumer.must("GET", "/api/v1/leases/" + lease1)["runs_left"], 1, "check 22: a job that never started gives its run back")


def check_24(t, n, owner, consumer, lease):
    did = "did:pandacea:earner:abc/features"
    owner.must("POST", "/api/v1/products", {"productId": did, "name": "Features", "dataType": "tabular", "keywords": ["x"], "assets": ["data_456"]})
    found = consumer.must("GET", "/api/v1/products?keywords=x")
    t.is_([p["productId"] for p in found["data"]], [did], "check 24: the product is listed")
    prop = consumer.must("POST", "/api/v1/leases", {"productId": did, "maxPrice": "0.01", "duration": "24h"})["leaseProposalId"]
    t.is_(consumer.must("GET", "/api/v1/leases/" + prop)["status"], "pending", "check 24: proposed")
    owner.must("POST", "/api/v1/leases/%s/approve" % prop, {})
    got = consumer.must("GET", "/api/v1/leases/" + prop)
    t.is_(got["status"], "approved", "check 24: approved")
    t.is_(consumer.run(got["lease_id"], "print(2)", {"features": "data_456"})["status"], "completed", "check 24: its lease_id works in execute")
    three = [consumer.must("GET", "/api/v1/leases/%s" % i) for i in (prop, got["leaseId"], got["lease_id"])]
    t.ok(three[0] == three[1] == three[2], "check 24: three ids answer alike")
    for price, duration, text in (("x", "24h", "must be a valid decimal number"), ("1", "1w", "duration must be in format"),
                                  ("0.0001", "24h", "below the dynamic minimum price")):
        s, _, b = consumer.call("POST", "/api/v1/leases", {"productId": did, "maxPrice": price, "duration": duration})
        t.like(b["error"]["message"], text, "the v1 message: " + text)
    s, _, b = consumer.call("POST", "/api/v1/leases", {"productId": "abc", "maxPrice": "1", "duration": "1h"})
    t.like(b["error"]["message"], "must conform to did:pandacea format", "the v1 message of the product id")


def check_31(t, n, owner, consumer, lease):
    tok = consumer.must("POST", "/api/v1/tokens", {"name": "submit-only", "scopes": ["job:submit", "token"], "expires_in_s": 600})
    limited = Client(n, "token", token=tok["token"])
    s, _, b = limited.call("POST", EXECUTE, body_for(lease))
    t.is_(s, 202, "check 31: a token with job:submit submits")
    t.is_(limited.call("GET", "/api/v1/privacy/results/" + b["computation_id"])[0], 403, "check 31: and cannot read the result")
    s, _, _ = limited.call("POST", "/api/v1/tokens", {"name": "wider", "scopes": ["job:submit", "job:read"], "expires_in_s": 600})
    t.is_(s, 403, "check 31: a token cannot mint a wider one")
    consumer.must("DELETE", "/api/v1/tokens/" + tok["id"])
    t.is_(limited.call("POST", EXECUTE, body_for(lease))[0], 401, "check 31: a removed token fails at once")
    spare = Key()
    op = n.client("operator")
    op.must("POST", "/api/v1/principals/%s/keys" % consumer.principal_id, {"keys": [{"peer_id": spare.peer_id, "alg": "ed25519", "public_key": spare.public.hex()}]})
    second = Client(n, "second", key=spare)
    t.is_(second.call("GET", "/api/v1/privacy/computations")[0], 200, "a second key works")
    op.must("DELETE", "/api/v1/principals/%s/keys/%s" % (consumer.principal_id, spare.peer_id))
    t.is_(second.call("GET", "/api/v1/privacy/computations")[0], 403, "check 31: a removed key fails on the next call")


def vector(t):
    """The published signature vector of section 2.1, by an implementation that is not ours."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = Key(seed)
    t.is_(key.peer_id, "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV", "peer id of RFC 8032 test 1")
    body = '{"lease_id":"lease_123","code":"print(1)","inputs":[{"asset_id":"data_456","variable_name":"features"}]}'

    text = "\n".join(["darkroom-auth-2", "POST", "node.example", EXECUTE, hashlib.sha256(body.encode()).hexdigest(), "1767225600",
                      "A" * 22, "", "k-1"]) + "\n"
    t.is_(hashlib.sha256(text.encode()).hexdigest(), "c47720e531c25d35a10352eb6a26aab9f66d097162d3f6158fb1f8b679eac8cf", "digest of the nine lines")
    t.is_(key.sign(text.encode()), "g9TCUfw2tVRM0DJea9AmUdaV5fmBD6n/7CZirnAvMNjpyxGVhMbTFjd1kWmSuLUgHa9+7PakYIJlbfD9G3wHCA==", "signature of the vector")


def main():
    need_root()
    t = Tap()
    vector(t)
    with Node("check-identity") as n:
        owner, consumer, lease = n.pair()
        n.psql("UPDATE core.setting SET value = '1000' WHERE name LIKE 'rate_submit%'")
        for fn in (check_8, check_12, check_19, check_21, check_22, check_24, check_31, check_14):
            with t.case(fn.__name__):
                fn(t, n, owner, consumer, lease)
    t.done()


if __name__ == "__main__":
    main()
