#!/usr/bin/python3
"""The node itself: checks 4, 6, 16, 23, 27, 29, 30, 32 and 33 of the compute specification, section 6."""
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import TOP, Client, Node, Tap, need_root  # noqa: E402

EXECUTE = "/api/v1/privacy/execute"
SLEEP = "import time\ntime.sleep(300)"


def phase(consumer, comp, want, n, timeout=20):
    n.wait(lambda: consumer.result(comp)["phase"] == want, timeout, want)


def check_4(t, n, owner, consumer, lease):
    """The usage example of the SDK, as it stands in the specification."""
    os.makedirs(n.path("usage"), exist_ok=True)
    with open(n.path("usage", "script.py"), "w") as f:
        f.write("print(features.values.sum())\nopen('/out/model_weights.pth', 'wb').write(features.values.tobytes())\n")
    code = ("from darkroom.pandacea import PandaceaClient\nimport sys\n"
            "with PandaceaClient(sys.argv[1], sys.argv[2]) as client:\n"
            "    job = client.execute_computation(lease_id=sys.argv[3], code_path='script.py', inputs=[{'asset_id': 'data_456', 'variable_name': 'features'}])\n"
            "    r = client.wait_for_computation(job, timeout=60)\n"
            "    print(r['results']['output'].strip(), len(client.decode_artifact(r['results']['artifacts']['model_weights.pth'])))\n")
    p = subprocess.run(["/usr/bin/python3", "-c", code, n.url, consumer.key_file, lease], cwd=n.path("usage"), capture_output=True, text=True,
                       env={"PYTHONPATH": os.path.join(TOP, "sdk"), "PATH": "/usr/bin:/bin"})
    t.is_(p.stdout.strip(), "10 32", "check 4: the usage example runs on a CSV asset; .values works; model_weights.pth comes back")
    t.diag(p.stderr[-500:])


def check_6(t, n, owner, consumer, lease):
    s, _, b = consumer.call("POST", EXECUTE, {"lease_id": lease, "code": "1", "image": "unlisted",
                                              "inputs": [{"asset_id": "data_456", "variable_name": "x"}]})
    t.ok(s == 400 and "image" in b["error"]["message"], "check 6: an image that no list names is refused")
    comp = consumer.submit(lease, SLEEP, {"features": "data_456"})
    phase(consumer, comp, "running", n)
    consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp)
    digest = n.psql("SELECT digest FROM core.image WHERE name = 'data'")
    n.psql("UPDATE core.image SET digest = 'sha256:%s' WHERE name = 'data'" % ("e" * 64))
    comp = consumer.submit(lease, "print('ran')", {"features": "data_456"})
    n.wait(lambda: n.psql("SELECT count(*) FROM core.worker w WHERE w.beat > clock_timestamp() - interval '1 s'") != "0", 20, "a beat later")
    r = consumer.result(comp, wait=5)
    t.ok(r["status"] == "pending" or r.get("reason_code") in ("IMAGE_UNAVAILABLE", "IMAGE_DENIED"),
         "check 6: an image whose digest moved never runs (%s %s)" % (r["phase"], r.get("reason_code")))
    t.ok("ran" not in json.dumps(r), "check 6: its script printed nothing")
    consumer.call("POST", "/api/v1/privacy/results/%s/cancel" % comp)
    n.psql("UPDATE core.image SET digest = '%s' WHERE name = 'data'" % digest)


def check_23(t, n, owner, consumer, lease):
    before = n.psql("SELECT count(*) FROM core.blob")

    def spooled():
        return sum(len(f) for d in ("spool/upload", "blobs/tmp") for _, _, f in os.walk(n.path(d)))
    s, _, b = Client(n, "anonymous").call("PUT", "/api/v1/assets/evil?kind=file", b"x" * (4 << 20))
    t.is_(s, 401, "check 23: an upload without a caller is refused")
    t.is_((spooled(), n.psql("SELECT count(*) FROM core.blob")), (0, before), "check 23: and leaves no byte on disk")
    s, _, b = consumer.call("POST", EXECUTE, b'{"code":"' + b"x" * (5 << 20) + b'"}')
    t.is_((s, b["error"]["code"]), (413, "TOO_LARGE"), "check 23: a body over the cap")
    s, _, b = owner.call("PUT", "/api/v1/assets/liar?kind=file", b"some bytes", headers={"X-Darkroom-Content-SHA256": "0" * 64})
    t.ok(s in (400, 403), "check 23: a digest that does not match stores nothing (%d)" % s)
    t.is_(n.psql("SELECT count(*) FROM core.asset WHERE asset_id IN ('evil', 'liar')"), "0", "check 23: no asset was made")


def check_27(t, n, owner, consumer, lease):
    op = n.client("operator")
    for how in ("lease", "asset"):
        owner.asset("doomed", b"a\n1\n")
        lease2 = owner.grant(consumer, ["doomed"])
        running = consumer.submit(lease2, SLEEP, {"x": "doomed"})
        phase(consumer, running, "running", n)
        op.must("PATCH", "/api/v1/lanes/compute", {"paused": True})
        queued = consumer.submit(lease2, SLEEP, {"x": "doomed"})
        t0 = time.monotonic()
        if how == "lease":
            owner.must("POST", "/api/v1/leases/%s/revoke" % lease2, {"reason": "over"})
        else:
            owner.must("DELETE", "/api/v1/assets/doomed")
        word = {"lease": "LEASE_REVOKED", "asset": "ASSET_REVOKED"}[how]
        for comp in (running, queued):
            t.is_(consumer.result(comp).get("reason_code"), word, "check 27: %s revoked: the job ends with %s" % (how, word))
        n.wait(lambda: not n.job_processes(), 5, "processes gone")
        t.ok(time.monotonic() - t0 < 5, "check 27: no process is left within 5 s")
        op.must("PATCH", "/api/v1/lanes/compute", {"paused": False})
    owner.asset("held", b"a\n1\n")
    owner.must("PATCH", "/api/v1/assets/held", {"release_mode": "hold"})
    lease3 = owner.grant(consumer, ["held"])
    comp = consumer.submit(lease3, "print(1)", {"x": "held"})
    n.wait(lambda: owner.result(comp)["phase"] == "in_review", 30, "held")
    owner.must("POST", "/api/v1/leases/%s/revoke" % lease3, {"reason": "over"})
    s, _, _ = owner.call("POST", "/api/v1/privacy/results/%s/release" % comp)
    t.ok(s >= 400, "check 27: release after revocation is impossible (%d)" % s)
    t.is_(consumer.result(comp)["status"], "failed", "check 27: the consumer sees no result")


def check_29(t, n, owner, consumer, lease):
    anon = Client(n, "anonymous")
    cases = (("GET", "/nowhere", None, {}), ("GET", "/api/v1/nowhere", None, {}), ("POST", EXECUTE, b"{", {}), ("PATCH", EXECUTE, b"", {}),
             ("GET", "/api/v1/privacy/results/comp-x", None, {}), ("POST", EXECUTE, b"x" * (5 << 20), {}),
             ("GET", "/" + "a" * 9000, None, {}), ("GET", "/api/v1/products?cursor=%FF", None, {}))
    for method, path, body, headers in cases:
        for who in (anon, consumer):
            s, h, b = who.call(method, path, body, headers=headers)
            good = s >= 400 and isinstance(b, dict) and set(b.get("error", {})) == {"code", "message", "requestId"}
            t.ok(good, "check 29: %s %.30s by %s: %d in JSON" % (method, path, who.name, s))
            if not good:
                t.diag(b)
                continue
            rid = b["error"]["requestId"]
            t.is_(h.get("x-request-id"), rid, "check 29: with the request id of its header")
            n.wait(lambda: rid in n.log("fcgi") or rid in open(n.path("nginx", "access.log")).read(), 5, "the log line of " + rid)
            t.ok(not re.search(r"SELECT |core\.|/home|/root|/usr|libpq|ERROR:|" + re.escape(TOP), b["error"]["message"]), "check 29: and holds no SQL, path or library text")


def check_30(t, n, owner, consumer, lease):
    mark = {k: "canary-%s-%s" % (k, hashlib.sha256(os.urandom(8)).hexdigest()[:16]) for k in ("script", "asset", "output", "error")}
    owner.asset("canary", ("word\n%s\n" % mark["asset"]).encode())
    lease2 = owner.grant(consumer, ["canary"])
    tok = consumer.must("POST", "/api/v1/tokens", {"name": "c", "scopes": ["job:submit", "job:read"], "expires_in_s": 600})["token"]
    holder = Client(n, "token", token=tok)
    code = "# %s\nprint('%s')\nopen('/out/o', 'w').write('%s')\nopen('/tmp/o', 'w').write('%s')\n" % (mark["script"], mark["output"], mark["output"], mark["output"])
    t.is_(holder.run(lease2, code, {"x": "canary"})["status"], "completed", "a job full of canaries")
    r = holder.run(lease2, code + "raise ValueError('%s')" % mark["error"], {"x": "canary"})
    t.is_(r["reason_code"], "EXCEPTION", "and one that fails")
    words = [w.encode() for w in mark.values()] + [tok.encode(), tok[4:].encode()]

    def found():
        seen = []
        # cache holds leased inputs on purpose (root only), blobs and pg are the store
        for folder in ("log", "nginx", "spool", "blobs/tmp", "sock", "conf"):
            for root, _, files in os.walk(n.path(folder)):
                for name in files:
                    try:
                        with open(os.path.join(root, name), "rb") as f:
                            data = f.read()
                    except OSError:
                        continue
                    seen += ["%s: %s" % (name, w[:14]) for w in words if w in data]
        return seen
    # a job's folder goes when its finish is committed, a moment after a reader may see the result
    n.wait(lambda: not [d for d in os.listdir(n.path("spool")) if len(d) == 36], 5, "job folders removed")
    t.is_(found(), [], "check 30: no log, spool or temporary file holds a canary")
    t.is_(n.psql("SELECT count(*) FROM core.token WHERE encode(sha256, 'escape') LIKE '%%%s%%'" % tok[4:20]), "0", "check 30: the token is stored hashed")


def check_32(t, n, owner, consumer, lease):
    comp = consumer.submit(lease, "import time\ntime.sleep(1.5)\nprint(1)", {"features": "data_456"})
    t0 = time.monotonic()
    r = consumer.result(comp, wait=30)
    end = time.monotonic() - t0
    done = n.psql("SELECT extract(epoch FROM clock_timestamp() - d.finished_at) FROM core.done d JOIN core.computation c ON c.job_id = d.id ORDER BY d.finished_at DESC LIMIT 1")
    t.is_(r["status"], "completed", "check 32: a long poll answers when final")
    t.ok(end < 8 and float(done) < 2, "check 32: on the change, not on the timer (%.1f s)" % end)
    comp = consumer.submit(lease, SLEEP, {"features": "data_456"})
    phase(consumer, comp, "running", n)
    _, h, _ = consumer.call("GET", "/api/v1/privacy/results/" + comp)
    got = []
    th = threading.Thread(target=lambda: got.append(consumer.call("GET", "/api/v1/privacy/results/%s?wait=30" % comp, headers={"If-None-Match": h["etag"]})))
    th.start()
    n.parked(1)
    consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp)
    th.join(10)
    t.is_((got[0][0], got[0][2]["phase"]), (200, "cancelled"), "check 32: a parked request returns on the change")
    _, h, _ = consumer.call("GET", "/api/v1/privacy/results/" + comp)
    t.is_(consumer.call("GET", "/api/v1/privacy/results/" + comp, headers={"If-None-Match": h["etag"]})[0], 304, "an unchanged result is 304")


def check_33(t, n, owner, consumer, lease):
    big = "import os\nopen('/out/big.bin', 'wb').write(os.urandom(100000))\nopen('/out/small.bin', 'wb').write(b's')"
    comp = consumer.submit(lease, big, {"features": "data_456"})
    meta = {m["name"]: m for m in consumer.wait(comp)["artifact_meta"]}
    sha = meta["big.bin"]["sha256"]
    blob = n.path("blobs", sha[:2], sha[2:])
    t.ok(os.path.exists(blob), "a large artifact is a file of the blob folder")
    same = consumer.submit(lease, "print(1)", {"features": "data_456"})
    consumer.wait(same)
    n.psql("UPDATE core.setting SET value = '0' WHERE name IN ('result_ttl_s', 'blob_grace_s')")
    n.psql("UPDATE core.blob SET touched_at = touched_at - interval '2 days'")
    n.psql("UPDATE core.computation SET finished_at = finished_at - interval '1 day' WHERE finished_at IS NOT NULL")
    n.psql("SELECT api.job_submit('system.retain', '{}'); SELECT api.job_ring(3::smallint)")
    n.wait(lambda: consumer.result(comp)["phase"] == "purged", 40, "purged")
    s, _, b = consumer.call("GET", "/api/v1/privacy/results/%s/artifacts/big.bin" % comp)
    t.is_((s, b["error"]["code"]), (410, "GONE"), "check 33: a removed artifact answers GONE")
    r = consumer.result(comp)
    t.is_((r["status"], r["results"]), ("completed", {"output": "", "artifacts": {}}), "check 33: the record stays completed, its output is empty")
    t.is_({m["name"]: m["sha256"] for m in r["artifact_meta"]}, {k: m["sha256"] for k, m in meta.items()}, "check 33: digests are kept")
    n.psql("UPDATE core.blob SET touched_at = touched_at - interval '2 days'")
    os.utime(blob, (time.time() - 86400 * 2,) * 2)      # a young file is spared: its row may be on its way
    n.wait(lambda: not os.path.exists(blob), 90, "file removed")
    t.ok(True, "check 33: the file is removed")
    n.psql("UPDATE core.setting SET value = '604800' WHERE name = 'result_ttl_s'; UPDATE core.setting SET value = '3600' WHERE name = 'blob_grace_s'")
    t.is_(consumer.run(lease, "print(len(features))", {"features": "data_456"})["results"]["output"], "2\n", "check 33: a blob in use was not removed")
    # a file whose process died before its row; the look begins anew with the worker
    orphan = n.path("blobs", "00", "5" * 62)
    os.makedirs(os.path.dirname(orphan), exist_ok=True)
    for path, age in ((orphan, 2 * 86400), (orphan[:-1] + "6", 60)):
        with open(path, "w") as f:
            f.write("no row names me")
        os.utime(path, (time.time() - age,) * 2)
    n.stop_part("workerd", timeout=60)
    n.start("workerd")
    n.wait(lambda: not os.path.exists(orphan), 30, "orphan removed")
    t.ok(os.path.exists(orphan[:-1] + "6"), "check 33: an old file without a row is removed, a young one is not")
    old = owner.must("GET", "/api/v1/assets/data_456")["version"]
    import socket
    with socket.create_connection(("127.0.0.1", n.port)) as c:      # an upload that is cut in the middle
        body = b"x" * 1000
        h = owner.headers("PUT", "/api/v1/assets/data_456?kind=csv", hashlib.sha256(body).hexdigest())
        c.sendall(("PUT /api/v1/assets/data_456?kind=csv HTTP/1.1\r\nHost: %s\r\nContent-Length: 1000\r\n%s\r\n\r\n" % (
            n.host, "\r\n".join("%s: %s" % kv for kv in h.items()))).encode() + body[:500])
    t.is_(owner.must("GET", "/api/v1/assets/data_456")["version"], old, "check 33: an interrupted upload leaves the old version")


def check_16(t, n, owner, consumer, lease):
    jobs = [consumer.submit(lease, "print(1)", {"features": "data_456"}) for _ in range(50)]
    t.ok(all(consumer.wait(j, 120)["status"] == "completed" for j in jobs), "check 16: 50 jobs on a small pool all complete")
    n.stop_part("workerd", timeout=60)
    t0 = time.monotonic()
    n.wait(lambda: consumer.call("GET", "/readyz")[0] == 503, 65, "readyz 503")
    t.ok(time.monotonic() - t0 < 60, "check 16: without a worker /readyz is 503 within 60 s")
    comp = consumer.submit(lease, "print(16)", {"features": "data_456"})
    t.is_(consumer.result(comp)["status"], "pending", "check 16: execute still queues")
    n.start("workerd")
    t.is_(consumer.wait(comp, 60)["status"], "completed", "check 16: and the job runs when a worker is back")


def main():
    need_root()
    t = Tap()
    with Node("check-node", images=("data",), conf={"pool_size": 2, "pool_max": 3, "canary_ms": 5000}) as n:
        owner, consumer, lease = n.pair()
        n.psql("UPDATE core.setting SET value = '10000' WHERE name LIKE 'rate_%'")
        for fn in (check_4, check_23, check_27, check_29, check_30, check_32, check_6, check_16, check_33):
            with t.case(fn.__name__):
                fn(t, n, owner, consumer, lease)
    t.done()


if __name__ == "__main__":
    main()
