#!/usr/bin/python3
"""prio1 over an S3-compatible store, with the two keys of docs/prio1: what each may do in the other's bucket.

The store is tests/s3sim.py, which verifies signatures and judges by the policy documents; make check-s3 has a real one.
"""
import hashlib
import http.client
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import TOP, Tap  # noqa: E402
from prio import Pair, darkroom, read, write  # noqa: E402
from s3sim import S3Sim, signature  # noqa: E402

ANSWERS = [[1, 0, 1]] * 20 + [[1, 1, 0]] * 10
SUMS = [30, 10, 20]
EMPTY = hashlib.sha256(b"").hexdigest()


def ask(sim, key, method, path, body=b"", query=""):
    """Status of one signed request."""
    date, payload = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()), hashlib.sha256(body).hexdigest()
    host = "127.0.0.1:%d" % sim.port
    path = urllib.parse.quote(path, safe="/-_.~")
    canonical = "\n".join([method, path, query, "host:" + host, "x-amz-content-sha256:" + payload, "x-amz-date:" + date, "",
                           "host;x-amz-content-sha256;x-amz-date", payload])
    scope = "%s/us-east-1/s3/aws4_request" % date[:8]
    sig = signature(key[1], date, "us-east-1", "aws4_request",
                    "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()]))
    c = http.client.HTTPConnection("127.0.0.1", sim.port, timeout=20)
    c.request(method, path + ("?" + query if query else ""), body, {
        "x-amz-content-sha256": payload, "x-amz-date": date,
        "Authorization": "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=%s" % (
            key[0], scope, sig)})
    status = c.getresponse().status
    c.close()
    return status


def preprocess(p, sim, key, folder, deliver=("s3://server-a", "s3://server-b"), state="state-pre"):
    env = {"%s_%s" % (s, k): v for s in ("INTERNAL", "A", "B")
           for k, v in (("ENDPOINT", sim.url), ("ACCESS_KEY", key[0]), ("SECRET_KEY", key[1]))}
    return darkroom("prio", "preprocess", p.path("pings.ndjson"), "--bucket", "s3://" + folder, "--submission-date", "2024-05-31", "--batch", p.batch,
                    "--deliver-a", deliver[0], "--deliver-b", deliver[1], "--state-dir", p.path(state), "--work-dir", p.path("work"),
                    "--retain-days", 36500, "--replay", "allow", env=env)


def objects(store):
    return sorted(urllib.parse.unquote(k) for k in store)


def test_run(t, p, sim):
    r = preprocess(p, sim, (sim.key_id, sim.secret), "darkroom/pings")
    t.is_((r.returncode, r.stderr), (0, b""), "pings become parts in buckets")
    t.is_(objects(sim.others["server-b"]), ["raw/_SUCCESS", "raw/part-00000.ndjson"], "server B has its own")
    now = {}
    for side in "ABABAB":
        if side not in now or now[side][0] == 75:
            now[side] = p.run(side, "--once")
    t.is_([now[s][0] for s in "AB"], [0, 0], "both servers end %s" % [now[s][2] for s in "AB"])
    for store in (sim.others["server-a"], sim.others["server-b"]):
        t.is_(json.loads(read(store["processed/part-00000.ndjson"][0]))["payload"], SUMS, "with the sums")
    t.is_([x for x in sim.refused if x[2] == "AccessDenied" and x[0] != "HEAD"], [],
          "and asked for nothing that the policies refuse, but for a look at what was put")


def test_policy(t, p, sim, keys):
    for side, key in keys.items():
        peer = "server-b" if side == "A" else "server-a"
        t.is_(ask(sim, key, "PUT", "/%s/intermediate/external/verify1/x" % peer, b"x"), 200, "%s may put to its folder with the peer" % side)
        for path in ("raw/part-00000.ndjson", "raw/_SUCCESS", "processed/part-00000.ndjson", "processed/_SUCCESS",
                     "intermediate/internal/verify1/x", "intermediate/external", "intermediate/externals/x"):
            t.is_(ask(sim, key, "PUT", "/%s/%s" % (peer, path), b"x"), 403, "%s may not put %s of the peer" % (side, path))
        t.is_(ask(sim, key, "GET", "/%s/intermediate/external/verify1/x" % peer), 403, "nor read what is there")
        t.is_(ask(sim, key, "DELETE", "/%s/intermediate/external/verify1/x" % peer), 403, "nor delete")
        t.is_(ask(sim, key, "GET", "/" + peer, query="list-type=2&prefix=raw%2F"), 403, "nor list")
    r = preprocess(p, sim, keys["A"], "server-a/pings", ("s3://server-b", "s3://server-a"), "state-other")
    t.is_(r.returncode, 100, "who would fill the peer's raw/ with that key")
    t.like(r.stderr.decode(), "s3: (HEAD|PUT) answered 403", "is told so")


def test_unsigned(t, folder):
    """Over https, bodies that are not signed; a part above the 64 MiB that go up as one."""
    cert, key, store = (os.path.join(folder, x) for x in ("cert.pem", "key.pem", "s3"))
    os.makedirs(folder)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key,
                    "-out", cert, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    sim = S3Sim(store, certificate=(cert, key))
    share = "QUJD" * (1 << 18)
    pings = write(os.path.join(folder, "pings.ndjson"), b"".join(
        json.dumps({"id": "p%d" % i, "payload": {"test": {"a": share, "b": "AAAA"}}}).encode() + b"\n" for i in range(66)))
    r = darkroom("prio", "preprocess", pings, "--bucket", "s3://darkroom/pings", "--submission-date", "2024-05-31", "--state-dir",
                 os.path.join(folder, "state"), "--work-dir", folder, "--replay", "allow", "--unsigned-payload", "--s3-ca-file", cert,
                 env={"INTERNAL_ENDPOINT": sim.url, "INTERNAL_ACCESS_KEY": sim.key_id, "INTERNAL_SECRET_KEY": sim.secret})
    t.is_((r.returncode, r.stderr), (0, b""), "a large part whose body is not signed is stored")
    sizes = sorted(os.path.getsize(o[0]) for o in sim.objects.values())
    t.ok(len(sizes) == 4 and sizes[-1] > 66 << 20, "whole, in parts: %s" % sizes)
    sim.close()


def main():
    t = Tap()
    with tempfile.TemporaryDirectory(prefix="dr-prio-") as base:
        sim = S3Sim(os.path.join(base, "s3"))
        keys = {}
        for side in "AB":
            sim.add_bucket("server-" + side.lower())
            with open(os.path.join(TOP, "docs/prio1/policy-server-%s.json" % side.lower())) as f:
                keys[side] = sim.add_key(json.load(f))
        env = {s: {"%s_%s" % (w, k): v for w in ("INTERNAL", "EXTERNAL")
                   for k, v in (("ENDPOINT", sim.url), ("ACCESS_KEY", keys[s][0]), ("SECRET_KEY", keys[s][1]))} for s in "AB"}
        p = Pair(os.path.join(base, "p"), date="2024-05-31", buckets={"A": "s3://server-a", "B": "server-b"}, env=env)
        p.encode("x.ndjson", ANSWERS, p.path("enc/a"), p.path("enc/b"))
        shares = [[json.loads(row)["payload"] for row in read(p.path("enc", s, "x.ndjson")).splitlines()] for s in "ab"]
        write(p.path("pings.ndjson"), b"".join(json.dumps({"id": "p%d" % i, "payload": {"test": {"a": a, "b": b}}}).encode() + b"\n"
                                               for i, (a, b) in enumerate(zip(*shares))))
        p.env["A"]["RETAIN_DAYS"] = p.env["B"]["RETAIN_DAYS"] = "36500"
        with t.case("a run"):
            test_run(t, p, sim)
        with t.case("policies"):
            test_policy(t, p, sim, keys)
        with t.case("unsigned"):
            test_unsigned(t, os.path.join(base, "unsigned"))
        with t.case("secrets"):
            text = b"".join(read(os.path.join(d, f)) for d, _, fs in os.walk(p.path("state-A")) for f in fs)
            t.ok(keys["A"][1].encode() not in text, "no key of a store is written anywhere")
        sim.close()
    t.done()


if __name__ == "__main__":
    main()
