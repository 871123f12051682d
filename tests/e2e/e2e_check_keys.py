#!/usr/bin/python3
"""Keys of every kind, v1 signatures, wallets: checks 1, 9, 14, 28 and 31 of the compute specification, section 6."""
import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
from harness import Client, Node, Tap, need_root  # noqa: E402
from keys import SecpKey, Wallet, ecdsa_key, rsa_key  # noqa: E402
from darkroom import DarkroomClient  # noqa: E402

EXECUTE, LIST, CHALLENGE, VERIFY = "/api/v1/privacy/execute", "/api/v1/privacy/computations", "/api/v1/auth/challenge", "/api/v1/auth/verify"
WARNING = "x-api-deprecation-warning"
DID = "did:pandacea:earner:keys/features"


def body_for(lease, code="print(1)"):
    return {"lease_id": lease, "code": code, "inputs": [{"asset_id": "data_456", "variable_name": "features"}]}


def add_key(n, consumer, text):
    n.client("operator").must("POST", "/api/v1/principals/%s/keys" % consumer.principal_id, {"keys": [text]})


def as_id(n, key, peer_id):
    c = Client(n, "key", key=key)
    c.peer_id = peer_id
    return c


def rsa_both_ids(t, n, consumer, lease):
    for bits in (2048, 4096):
        key = rsa_key(bits)
        unknown = [as_id(n, key, i).call("GET", LIST) for i in key.ids]
        t.is_([(s, b["error"]["code"]) for s, _, b in unknown], [(403, "FORBIDDEN")] * 2, "check 1: RSA %d, not registered: 403" % bits)
        add_key(n, consumer, key.public_pem)
        t.is_([as_id(n, key, i).call("GET", LIST)[0] for i in key.ids * 2], [200] * 4, "check 1: registered once, both ids pass, again from the cache")
        t.is_([as_id(n, key, i).call("POST", EXECUTE, body_for(lease))[0] for i in key.ids], [202] * 2, "check 1: and submit")
        nonce = "N" * 20 + str(bits)
        got = [as_id(n, key, i).call("GET", LIST, nonce=nonce)[0] for i in key.ids]
        t.is_(got, [200, 403], "check 14: a nonce used under one id is used under the other")
        t.is_(as_id(n, key, key.ids[1]).call("POST", EXECUTE, body_for(lease), idem="both-%d" % bits)[2],
              as_id(n, key, key.ids[0]).call("POST", EXECUTE, body_for(lease), idem="both-%d" % bits)[2], "one caller: an idempotency key is the same under both")
        n.client("operator").must("DELETE", "/api/v1/principals/%s/keys/%s" % (consumer.principal_id, key.ids[1]))
        t.is_([as_id(n, key, i).call("GET", LIST)[0] for i in key.ids], [403] * 2, "check 31: removed, though cached, it fails on the next call under both")


def other_kinds(t, n, consumer, lease):
    for name, key, text in (("ecdsa", ecdsa_key(), None), ("secp256k1", SecpKey(), None)):
        text = text or (key.public_pem if name == "ecdsa" else key.peer_id)
        c = Client(n, name, key=key)
        t.is_(c.call("GET", LIST)[0], 403, "%s: not registered" % name)
        add_key(n, consumer, text)
        t.is_([c.call("GET", LIST)[0] for _ in range(8)], [200] * 8, "%s: signatures with either S pass" % name)
        t.is_(c.call("POST", EXECUTE, body_for(lease))[0], 202, "%s: submits" % name)


def stripped(t, n, consumer, lease):
    """Every signed part of a submit, altered and left out, under an RSA key."""
    key = rsa_key()
    add_key(n, consumer, key.public_pem)
    c, body = Client(n, "rsa", key=key), json.dumps(body_for(lease)).encode()
    spender = "0x" + "1" * 40
    h = c.headers("POST", EXECUTE, hashlib.sha256(body).hexdigest(), idem="k", spender=spender)
    anon, got = Client(n, "anonymous"), {}
    for name in ("X-Darkroom-Timestamp", "X-Darkroom-Nonce", "X-Pandacea-Spender-Address", "Idempotency-Key", "X-Pandacea-Signature", "X-Pandacea-Peer-ID"):
        for how, value in (("without", None), ("with another", {"X-Darkroom-Timestamp": str(int(time.time()) + 1), "X-Darkroom-Nonce": "x" * 22,
                           "X-Pandacea-Spender-Address": "0x" + "2" * 40, "Idempotency-Key": "l", "X-Pandacea-Signature": key.sign(b"x"),
                           "X-Pandacea-Peer-ID": n.client("operator").peer_id}[name])):
            got["%s %s" % (how, name)] = anon.call("POST", EXECUTE, body, headers={**h, name: value})[0]
    t.is_({k: v for k, v in got.items() if v not in (401, 403)}, {}, "check 1: stripping or altering any signed part is refused")
    t.is_(anon.call("POST", EXECUTE, body + b" ", headers={**h, "X-Darkroom-Content-SHA256": None})[0], 403, "check 1: so is another body")


def wallets(t, n, owner, consumer, lease):
    wallet, other = Wallet(), n.principal("other-wallet", ["consumer"])

    def challenge(c, w=wallet):
        return c.must("POST", CHALLENGE, {"address": w.address})

    def verify(c, asked, signature):
        return c.call("POST", VERIFY, {"nonce": asked["nonce"], "signature": signature})
    asked = challenge(consumer)
    t.ok(consumer.peer_id in asked["message"] and n.host in asked["message"] and wallet.address in asked["message"], "the message names caller, node and address")
    s, _, b = verify(consumer, asked, "0x" + hashlib.sha256(asked["nonce"].encode()).hexdigest())
    t.is_((s, b["error"]["code"]), (401, "UNAUTHORIZED"), "check 9: a challenge answered with a hash")
    t.is_(verify(consumer, asked, wallet.sign_message(asked["message"]))[0], 401, "and that used it up")
    asked = challenge(consumer)
    t.is_(verify(consumer, asked, wallet.sign_message(asked["nonce"]))[0], 401, "the bare nonce signed is not the message signed")
    for v in (27, 0):
        asked = challenge(consumer)
        s, _, b = verify(consumer, asked, wallet.sign_message(asked["message"], v))
        t.is_((s, b), (200, {"address": wallet.address, "valid": True, "bound": True}), "a wallet's signature with v from %d binds" % v)
    spent = owner.grant(consumer, ["data_456"], spender=wallet.address)
    submits = {"none": consumer.call("POST", EXECUTE, body_for(spent))[0], "mine": consumer.call("POST", EXECUTE, body_for(spent), spender=wallet.address)[0],
               "upper": consumer.call("POST", EXECUTE, body_for(spent), spender="0x" + wallet.address[2:].upper())[0],
               "another's": consumer.call("POST", EXECUTE, body_for(spent), spender=Wallet().address)[0]}
    t.is_(submits, {"none": 401, "mine": 202, "upper": 202, "another's": 403}, "a lease that names a spender wants that one, in any case")
    theirs = owner.grant(other, ["data_456"])
    s, _, b = other.call("POST", EXECUTE, body_for(theirs), spender=wallet.address)
    t.is_((s, b["error"]["code"]), (403, "FORBIDDEN"), "check 9: another caller's spender address under a valid own key")
    stolen = owner.grant(other, ["data_456"], spender=wallet.address)
    t.is_(other.call("POST", EXECUTE, body_for(stolen), spender=wallet.address)[0], 403, "check 9: also where the lease names it")


def sdk(t, n, owner, consumer):
    """The SDK with an RSA key: a lease that names a spender, a submit, signed reads of the result."""
    key, wallet = rsa_key(), Wallet()
    add_key(n, consumer, key.public_pem)
    path = n.path("sdk.pem")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
        f.write(key.pem)
    asked = consumer.must("POST", CHALLENGE, {"address": wallet.address})
    consumer.must("POST", VERIFY, {"nonce": asked["nonce"], "signature": wallet.sign_message(asked["message"])})
    lease = owner.grant(consumer, ["data_456"], spender=wallet.address)
    with DarkroomClient(n.url, path, spender=wallet.address) as client:
        t.is_(client.peer_id, key.ids[0], "the SDK knows the id of an RSA key")
        comp = client.execute_computation(lease, code="print(len(features))", inputs=[{"asset_id": "data_456", "variable_name": "features"}])
        t.is_(client.wait_for_computation(comp, timeout=60)["results"]["output"], "2\n", "check 1: the SDK sends and signs the spender and signs reads of the result")


def nonce_once_in_parallel(t, n, consumer):
    """Of ten answers to one challenge, one counts."""
    import threading
    wallet = Wallet()
    asked = consumer.must("POST", CHALLENGE, {"address": wallet.address})
    signature, out = wallet.sign_message(asked["message"]), []
    ts = [threading.Thread(target=lambda: out.append(consumer.call("POST", VERIFY, {"nonce": asked["nonce"], "signature": signature})[0])) for _ in range(10)]
    [x.start() for x in ts]
    [x.join() for x in ts]
    t.is_(sorted(out), [200] + [401] * 9, "one challenge, ten answers: one counts")


def v1(n, key_file, lease):
    p = subprocess.run(["/usr/bin/python3", os.path.join(TOP, "tests/v1/v1_client.py"), n.url, key_file, lease, "data_456", "0x" + "1" * 40, DID],
                       capture_output=True, text=True, timeout=120)
    with contextlib.suppress(ValueError):
        return p.returncode, json.loads(p.stdout)
    return p.returncode, p.stderr


def legacy(t, n, owner, consumer, lease):
    owner.must("POST", "/api/v1/products", {"productId": DID, "name": "Features", "dataType": "tabular", "keywords": [], "assets": ["data_456"]})
    key = rsa_key()
    add_key(n, consumer, key.public_pem)
    rsa_file = n.path("v1.pem")
    with os.fdopen(os.open(rsa_file, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
        f.write(key.pem)
    for name, path in (("Ed25519", consumer.key_file), ("RSA", rsa_file)):
        code, told = v1(n, path, lease)
        t.ok(code == 77 and "UNAUTHORIZED" in told, "check 28: %s, with legacy_auth off a v1 client gets 401" % name)
    n.psql("UPDATE core.setting SET value = 'true' WHERE name = 'legacy_auth'")
    for name, path in (("Ed25519", consumer.key_file), ("RSA", rsa_file)):
        code, told = v1(n, path, lease)
        t.is_((code, told["products"], told["proposal"], told["result"]["status"], told["result"]["results"]["output"]) if code == 0 else told,
              (0, [DID], "pending", "completed", "rows 2\n"), "check 28: %s, with it on a job completes" % name)
    details(t, n, consumer, lease)
    n.psql("UPDATE core.setting SET value = 'false' WHERE name = 'legacy_auth'")


def details(t, n, consumer, lease):
    def call(method, path, signed, body=None, **more):
        return Client(n, "v1").call(method, path, body, headers={
            "X-Pandacea-Peer-ID": consumer.peer_id, "X-Pandacea-Signature": consumer.key.sign(signed.encode()), **more})
    s, h, _ = call("GET", "/api/v1/products", "GET /api/v1/products")
    t.ok(s == 200 and h.get(WARNING), "check 28: the answer warns")
    t.is_(call("GET", "/api/v1/products?limit=0", "GET /api/v1/products")[0], 200, "the query, which nobody signed, is ignored")
    t.is_(call("GET", "/api/v1/leases/%6Cease_x", "GET /api/v1/leases/lease_x")[0], 404, "the decoded path is signed")
    t.is_(call("GET", LIST, "GET " + LIST)[0], 401, "routes that v1 does not know want version 2")
    text = json.dumps(body_for(lease))
    now = {"X-Darkroom-Timestamp": str(int(time.time())), "X-Darkroom-Nonce": "n" * 22}
    t.is_(call("POST", EXECUTE, text, text, **now)[0], 403, "check 28: with a timestamp it is never looked at as v1")
    a, b = (call("POST", EXECUTE, text, text, **{"Idempotency-Key": "v1"})[2]["computation_id"] for _ in range(2))
    t.ok(a != b, "an Idempotency-Key that nobody signed is ignored")
    t.is_(call("POST", EXECUTE, text, text + " ")[0], 403, "another body is refused")
    metrics = Client(n, "anonymous").must("GET", "/metrics")
    count = [line.split()[1] for line in metrics.splitlines() if line.startswith("darkroom_compute_auth_legacy_total ")]
    n.wait(lambda: n.log("fcgi").count('"auth.legacy"') >= int(count[0]), 10, "uses logged")
    t.ok(int(count[0]) >= 10, "check 28: each use is counted and logged (%s)" % count[0])


def disputed(t, n, owner, consumer):
    lease = owner.grant(consumer, ["data_456"])
    got = consumer.must("POST", "/api/v1/leases/%s/dispute" % lease, {"reason": "not what was said"}, idem="d")
    again = consumer.must("POST", "/api/v1/leases/%s/dispute" % lease, {"reason": "not what was said"}, idem="d")
    t.ok(got["status"] == "pending" and got == again, "a dispute, sent twice, is one")
    t.is_(consumer.call("POST", EXECUTE, body_for(lease))[0], 403, "no job is admitted meanwhile")
    n.client("operator").must("POST", "/api/v1/leases/%s/dispute/close" % lease, {"note": "settled"})
    t.is_(consumer.run(lease, "print(1)", {"features": "data_456"})["status"], "completed", "after it is closed one is")


def main():
    need_root()
    t = Tap()
    with Node("check-keys", conf={"pool_size": 1, "pool_min": 1, "pool_max": 1}) as n:
        owner, consumer, lease = n.pair()
        n.psql("UPDATE core.setting SET value = '1000' WHERE name LIKE 'rate_submit%'")
        for fn, args in ((rsa_both_ids, (consumer, lease)), (other_kinds, (consumer, lease)), (stripped, (consumer, lease)),
                         (wallets, (owner, consumer, lease)), (sdk, (owner, consumer)), (nonce_once_in_parallel, (consumer,)), (legacy, (owner, consumer, lease)),
                         (disputed, (owner, consumer))):
            with t.case(fn.__name__):
                fn(t, n, *args)
    t.done()


if __name__ == "__main__":
    main()
