#!/usr/bin/python3
"""The HTTP half of the credential service, without its executors: what is sealed before it leaves the front, keys
of idempotency, waiting, many jobs at once, tails in slices, imports, and a node that has no keys.  Where a job must
end, this test is the worker, by the functions that the worker calls."""
import concurrent.futures
import hashlib
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from credential import CredNode  # noqa: E402
from harness import Client, Node, Tap, b58  # noqa: E402

C, W = "/api/v1/credentials", "/api/v1/wallets"
CANARY = "canary-4f1f6d5c2b"
HANDLE = "dru_" + "A" * 43
LIGHT = 5


def wallet(n, name, who, method="managed"):
    n.psql("INSERT INTO core.wallet (tenant, name, owner, method, sealed_keys, managed_key) "
           "SELECT core.tenant_of(id), '%s', id, '%s', '\\x00', %s FROM core.principal WHERE public_id = '%s'"
           % (name, method, "'\\x00'" if method == "managed" else "NULL", who.principal_id))


class Worker:
    """Claims the jobs of the light lane and ends them as told."""

    def __init__(self, n):
        self.n = n
        self.id = n.psql("SELECT api.worker_join('test', 4, 'v', '{\"cred-light\": 9}', '{}')")

    def claim(self):
        rows = self.n.psql("SELECT id || ' ' || token FROM api.job_turn(%s, %d::smallint, '{}', '{}', NULL, 1000, -1) WHERE what = 'claim'"
                           % (self.id, LIGHT))
        return dict(r.split(" ") for r in rows.split("\n") if r)

    def end(self, job, token, outcome):
        self.n.psql("SELECT count(*) FROM api.job_turn(%s, %d::smallint, ARRAY['%s'::uuid], ARRAY['%s'::uuid], '[%s]', 0, -1)"
                    % (self.id, LIGHT, job, token, json.dumps(outcome).replace("'", "''")))
        self.n.psql("SELECT api.job_announce(ARRAY['%s'::uuid])" % job)


def done(body, status=200):
    return {"state": "completed", "started": True, "result": {"status": status, "body": body, "writes": []}}


def files_with(folder, needle):
    out = []
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    if needle in f.read():
                        out.append(os.path.relpath(path, folder))
    return out


def sealed(t, n, a):
    """Nothing that is secret in a request is anywhere on the disk."""
    wallet(n, "w", a)
    cases = [
        ("POST", W, {"id": "own", "method": "argon2i_int", "key": CANARY}),
        ("POST", W + "/w/unlock", {"key": CANARY}),
        ("POST", W + "/w/dids", {"seed": CANARY}),
        ("PUT", W + "/w/records/t/i", {"value": CANARY, "tags": {"~x": CANARY}}),
        ("POST", W + "/w/records/search", {"type": CANARY, "query": {"~x": CANARY}}),
        ("POST", W + "/w/sign", {"verkey": "v", "message": CANARY}),
        ("POST", W + "/w/link-secrets", {"name": "n", "value": CANARY}),
        ("POST", C + "/issue", {"wallet": "w", "offer": {}, "request": {}, "values": {"name": CANARY}}),
        ("POST", C + "/store", {"wallet": "w", "credential": {"values": CANARY}, "cred_def": {}}),
        ("POST", C + "/presentations/verify", {"request": {}, "presentation": {"x": CANARY * 200000}}),
        ("POST", C + "/jobs", {"jobs": [{"kind": "crypto_sign", "args": {"wallet": "w", "verkey": "v", "message": CANARY}}]}),
    ]
    for method, target, body in cases:
        s, _, b = a.call(method, target, body)
        t.is_(s, 202, "%s %s: %s" % (method, target, "" if s == 202 else b))
    n.psql("CHECKPOINT")
    n.wait(lambda: True)
    t.is_(files_with(n.dir, CANARY.encode()), [], "and no file of the node has what was secret: database, WAL, logs, spool")
    t.ok(int(n.psql("SELECT count(*) FROM core.job WHERE spec ? 'sealed'")) >= 10, "it is there, sealed")


def unspooled(t, n, a):
    """Where nginx can spool no body, those with secrets pass, of whatever length the front takes or refuses."""
    spool = n.path("nginx", "tmp", "body")
    os.rename(spool, spool + ".away")
    open(spool, "w").close()
    try:
        long = {"value": CANARY * 100000}
        for method, target, want in (("PUT", W + "/w/records/t/long", 413), ("POST", W + "/w/pack", 413), ("POST", C + "/issue", 400)):
            t.is_(a.call(method, target, long)[0], want, "%s %s, 1.7 MB: the front's word on it" % (method, target))
    finally:
        os.remove(spool)
        os.rename(spool + ".away", spool)


def refused(t, n, a):
    s, _, b = a.call("POST", W, {"id": "x", "method": "raw", "key": 7})
    t.is_((s, b["error"]["message"]), (400, "key must be a string"), "a secret of a wrong form is named, not shown")
    s, h, b = a.call("POST", W + "/w/dids", {}, headers={"X-Darkroom-Unlock": "x" * 300})
    t.is_((s, b["error"]["code"]), (400, "VALIDATION_ERROR"), "a handle that is none")
    s, _, b = a.call("POST", C + "/jobs", {"jobs": [{"kind": "did.list", "args": {"wallet": "w"}}] * 1001})
    t.is_((s, b["error"]["message"][:4]), (400, "jobs"), "1,001 jobs are too many")
    s, _, b = a.call("POST", C + "/presentations/verify", {"request": {"x": "y" * (17 << 20)}})
    t.is_(s, 413, "17 MiB are too many, also for a batch")
    deep = {}
    for _ in range(20):
        deep = {"a": deep}
    t.is_(a.call("POST", C + "/presentations/verify", {"request": deep})[0], 400, "and 20 levels too deep")


def keys_of_idempotency(t, n, a):
    body = {"id": "idem", "method": "raw", "key": CANARY}
    first = a.call("POST", W, body, idem="k1")
    again = a.call("POST", W, body, idem="k1")
    other = a.call("POST", W, {**body, "key": "guess"}, idem="k1")
    elsewhere = a.call("POST", W + "/w/keys", {}, idem="k1")
    t.is_((first[0], again[2], again[1].get("idempotency-replayed")), (202, first[2], "true"), "the same key, the same answer")
    t.is_((other[0], other[2]["error"]["code"]), (409, "CONFLICT"), "another password is another request")
    t.is_(elsewhere[0], 409, "so is another route")
    plain = hashlib.sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()
    dump = n.psql("SELECT string_agg(i::text, ' ') FROM core.idempotency i") if n.psql("SELECT to_regclass('core.idempotency')") else ""
    t.ok(plain not in dump, "what is kept to compare is not the digest of the body")


def waiting(t, n, a):
    w = Worker(n)
    w.claim()
    begin = time.monotonic()
    s, h, b = a.call("POST", W + "/w/dids", {}, headers={"Prefer": "wait=1"})
    t.ok(s == 202 and 0.9 < time.monotonic() - begin < 5, "a wait that is over answers 202")
    t.is_(h["location"], C + "/jobs/" + b["job_id"], "and where the job is")
    t.is_(h.get("preference-applied"), None, "without Preference-Applied")
    w.claim()
    for outcome, status, want in ((done({"did": "d"}, 201), 201, {"did": "d"}), (done({"ok": True}), 200, {"ok": True})):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            f = pool.submit(a.call, "POST", W + "/w/dids", {}, {"Prefer": "respond-async, wait=20"})
            got = {}
            n.wait(lambda: got.update(w.claim()) or got, 10, "the job")
            begin = time.monotonic()
            for job, token in got.items():
                w.end(job, token, outcome)
            s, h, b = f.result()
        t.is_((s, b, h.get("preference-applied")), (status, want, "wait=20"), "the result is the answer, %d" % status)
        t.ok(time.monotonic() - begin < 3, "as soon as it is there")
        t.is_(a.call("GET", h["location"])[2]["result"], want, "and stays where Location says")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        f = pool.submit(a.call, "POST", W + "/w/dids", {}, {"Prefer": "wait=20"})
        got = {}
        n.wait(lambda: got.update(w.claim()) or got, 10, "the job")
        for job, token in got.items():
            w.end(job, token, {"state": "failed", "started": True, "reason": "DID_EXISTS", "message": "the wallet has this DID"})
        s, h, b = f.result()
    t.is_((s, b["error"]["code"], b["error"].get("indy_code")), (409, "DID_EXISTS", 600), "an error of the job is the answer's, with Indy's number")
    t.ok(h.get("location", "").startswith(C + "/jobs/"), "which says where the job is")
    begin = time.monotonic()
    s, h, b = a.call("GET", W + "/w/dids", headers={"Prefer": "wait=1"})
    t.ok(s == 202 and time.monotonic() - begin < 5, "a read that makes a job waits as long as it was told")


def many(t, n, a):
    begin = time.monotonic()
    jobs = [{"kind": "did.list", "args": {"wallet": "w"}} if i % 10 else {"kind": "did.list", "args": {"wallet": "nobodys"}} for i in range(500)]
    s, _, b = a.call("POST", C + "/jobs", {"jobs": jobs}, idem="many")
    t.ok(s == 202 and len(b["jobs"]) == 500, "500 jobs in one request (%.2f s)" % (time.monotonic() - begin))
    t.ok(all(("error" in j) == (i % 10 == 0) for i, j in enumerate(b["jobs"])), "an answer each, in their order")
    t.is_(a.call("POST", C + "/jobs", {"jobs": jobs}, idem="many")[2], b, "the same again under its key")


def tails(t, n, a):
    data = b"\x00\x02" + bytes(i * 31 % 251 for i in range(128 * 2001))
    digest = hashlib.sha256(data)
    h58 = b58(digest.digest())
    url = C + "/tails/" + h58
    nobody = Client(n, "nobody")
    t.is_(nobody.call("GET", url)[0], 404, "tails that are not here")
    s, _, b = a.call("PUT", url, data[:-1], headers={"X-Darkroom-Content-SHA256": hashlib.sha256(data[:-1]).hexdigest()})
    t.is_((s, b["error"]["code"]), (422, "TAILS_MISMATCH"), "bytes under the hash of others")
    s, h, b = a.call("PUT", url, data)
    t.ok(s == 202 and "location" in h, "tails are taken, to be looked through %s" % b)
    t.is_(nobody.call("GET", url)[0], 404, "and served to nobody before")
    n.psql("INSERT INTO core.cred_blob (tenant, sha256, use, hash, size) SELECT core.tenant_of(id), '\\x%s', 'tails', '%s', %d "
           "FROM core.principal WHERE public_id = '%s'" % (digest.hexdigest(), h58, len(data), a.principal_id))
    get = lambda **h: nobody.call("GET", url, headers={k.replace("_", "-"): v for k, v in h.items()}, raw=True)
    s, h, b = get()
    t.ok((s, b) == (200, data), "then to anybody, byte for byte")
    tag = h["etag"]
    t.is_((tag, h["cache-control"], h["accept-ranges"]), ('"%s"' % digest.hexdigest(), "public, max-age=31536000, immutable", "bytes"),
          "with a strong tag, for good")
    s, h, b = get(Range="bytes=258-385")
    t.ok((s, b, h["content-range"]) == (206, data[258:386], "bytes 258-385/%d" % len(data)), "a slice")
    s, h, b = get(Range="bytes=258-385", If_Range=tag)
    t.ok((s, b) == (206, data[258:386]), "If-Range with its tag")
    s, h, b = get(Range="bytes=258-385", If_Range='"other"')
    t.ok((s, len(b)) == (200, len(data)), "with another the whole")
    t.is_(get(Range="bytes=0-1,258-385")[0], 416, "several slices at once are refused")
    t.is_(get(Range="bytes=%d-" % len(data))[0], 416, "and what is past the end")
    t.is_(get(If_None_Match=tag)[0], 304, "unchanged")
    t.is_(nobody.call("HEAD", url, raw=True)[1].get("content-length"), str(len(data)), "HEAD tells the length")
    n.psql("UPDATE core.setting SET value = 'false' WHERE name = 'tails_public'")
    t.is_((nobody.call("GET", url)[0], a.call("GET", url, raw=True)[0]), (401, 200), "tails_public = off: only callers who say who they are")
    n.psql("UPDATE core.setting SET value = 'true' WHERE name = 'tails_public'")
    begin, k = time.monotonic(), 100
    for i in range(k):
        get(Range="bytes=%d-%d" % (2 + 128 * i, 129 + 128 * i))
    t.diag("%.1f ms a slice, one after the other, a connection each" % ((time.monotonic() - begin) * 1000 / k))


def imports(t, n, a):
    data = b"\x00" * 70000
    digest = hashlib.sha256(data).hexdigest()
    s, _, b = a.call("PUT", C + "/imports/" + digest, data)
    t.is_((s, b), (201, {"blob": digest, "size": len(data)}), "an export is brought")
    s, _, b = a.call("POST", W + "/import", {"id": "new", "blob": digest, "export_key": CANARY, "method": "raw", "key": CANARY})
    t.is_(s, 202, "and named by its digest %s" % b)


def private(t):
    """Through a real worker: what is private leaves to whoever submitted it, and to nobody else of the same tenant."""
    with CredNode("credprivate", parts=("pg", "fcgi", "nginx", "workerd")) as n:
        ann, ben = (n.principal(name, ["consumer"], tenant="acme") for name in ("ann", "ben"))
        wait = {"Prefer": "wait=30"}
        t.is_(ann.call("POST", W, {"id": "w", "method": "managed"}, wait)[:1], (201,), "a wallet")
        put = ann.call("PUT", W + "/w/records/t/i", {"value": CANARY, "tags": {"~x": CANARY}}, wait)
        t.ok(put[0] in (200, 201), "a record: %d %s" % (put[0], put[2]))
        s, h, b = ann.call("GET", W + "/w/records/t/i")
        t.is_((s, b["value"], h.get("preference-applied")), (200, CANARY, "wait=10"), "read without being told to wait")
        t.is_(ann.call("GET", h["location"])[2]["result"]["value"], CANARY, "again, where the job is")
        s, _, b = ben.call("GET", h["location"])
        t.ok(CANARY not in json.dumps(b) and "result" not in b, "another of the tenant sees at most that it was: %d" % s)
        t.is_(ben.call("GET", W + "/w/records/t/i")[2]["value"], CANARY, "who may use the wallet reads it by a job of its own")
        n.psql("UPDATE core.private_result SET expires_at = clock_timestamp()")
        t.is_("result" in ann.call("GET", h["location"])[2], False, "after a while nobody does")
        s, _, b = ann.call("POST", W, {"id": "raw", "method": "raw", "key": "short"}, wait)
        t.is_((s, b["error"]["code"], b["error"]["indy_code"]), (400, "WALLET_INPUT", 208), "an error of the job, with Indy's number")
        n.psql("CHECKPOINT")
        found = [f for f in files_with(n.dir, CANARY.encode()) if not f.startswith("pg/")]
        t.is_(found, [], "nothing of it in a log or a spool")
        t.is_(n.psql("SELECT count(*) FROM core.job WHERE spec::text LIKE '%%%s%%'" % CANARY), "0", "nor in a job's row")


def without_keys(t):
    with Node("nokeys", parts=("pg", "fcgi", "nginx"), conf={"node_public_file": "", "result_key_file": ""}) as n:
        a = n.principal("agent", ["consumer"])
        s, _, b = a.call("POST", W, {"id": "w", "method": "managed"})
        t.is_((s, b["error"]["code"]), (503, "NOT_SET_UP"), "a node without keys says so")
        t.like(b["error"]["message"], "darkroom-keys init", "and what to do")
        t.is_(a.call("GET", C + "/jobs")[0], 200, "what needs none is served")
        t.is_((a.call("GET", "/healthz")[0], a.call("GET", "/api/v1/leases")[0]), (200, 200), "and the rest is not disturbed")


def main():
    t = Tap()
    with Node("credhttp", parts=("pg", "fcgi", "nginx"), nginx={"batch_max": "16m"}) as n:
        n.psql("UPDATE core.setting SET value = '100000' WHERE name ~ '^rate_'")
        a = n.principal("agent", ["consumer"])
        for part in (sealed, unspooled, refused, keys_of_idempotency, waiting, many, tails, imports):
            t.diag(part.__name__)
            with t.case(part.__name__):
                part(t, n, a)
    for part in (private, without_keys):
        t.diag(part.__name__)
        with t.case(part.__name__):
            part(t)
    t.done()


if __name__ == "__main__":
    main()
