#!/usr/bin/python3
"""Blobs in an S3-compatible store and in PostgreSQL: checks 3 and 33 for each, and a store that misbehaves.

The S3 store is tests/s3sim.py, a simulator that verifies every signature by itself.
"""
import contextlib
import hashlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import BUILD, Node, Tap, need_root  # noqa: E402
from s3sim import S3Sim  # noqa: E402
import e2e_http_download as dl  # noqa: E402

TABLE = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(60_000))
READS = "import hashlib, glob\nprint(hashlib.sha256(open(glob.glob('/in/v.*')[0], 'rb').read()).hexdigest())\n"


def sha(data):
    return hashlib.sha256(data).hexdigest()


def tidy(n):
    """What a worker does each minute, now."""
    p = subprocess.run([os.path.join(BUILD, "darkroom-blob"), "-c", n.path("conf", "workerd.conf"), "tidy"], capture_output=True,
                       text=True, stdin=subprocess.DEVNULL, timeout=60)
    return p.returncode, p.stderr


def forget(n):
    """As on a host that has fetched nothing yet."""
    for name in os.listdir(n.path("cache", "assets")):
        os.unlink(n.path("cache", "assets", name))


def test_round_trip(t, n, store, owner, consumer):
    owner.asset("table", TABLE)
    t.is_(n.psql("SELECT store || ' ' || size FROM core.blob WHERE sha256 = '\\x%s'" % sha(TABLE)), "%s %d" % (store, len(TABLE)),
          "an upload is in the store")
    lease = owner.grant(consumer, ["table"])
    r = consumer.run(lease, READS, {"v": "table"})
    t.like(r["results"]["output"], sha(TABLE), "a script reads it byte for byte")
    comp = consumer.submit(lease, dl.SCRIPT, {"v": "table"})
    meta = dl.test_results(t, consumer.wait(comp))
    dl.test_ranges(t, consumer, meta["small.bin"]["url"], dl.content(1000), "small")
    dl.test_ranges(t, consumer, meta["sub/middle.bin"]["url"], dl.content(100_000), "middle")
    dl.test_ranges(t, consumer, meta["big.bin"]["url"], dl.content(9_000_000), "large")
    t.is_([f for _, _, fs in os.walk(n.path("blobs")) for f in fs], [], "the blob folder is empty")
    t.is_(n.psql("SELECT count(*) FROM core.blob_place WHERE state <> 'named'"), "0", "every object has its row")
    return lease, comp, meta


def errands(n):
    """Command lines of this node's darkroom-blob processes."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open("/proc/%s/cmdline" % pid) as f:
            line = f.read()
            if "darkroom-blob" in line.split("\0")[0] and n.dir in line:
                found.append(line)
    return found


def test_stream(t, n, consumer, url):
    """A download that flows through the front: no faster than its client, and gone with it."""
    c = http.client.HTTPConnection("127.0.0.1", n.port, timeout=30)
    c.connect()
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    c.request("GET", url, headers={"Host": n.host, **consumer.headers("GET", url, hashlib.sha256(b"").hexdigest())})
    r = c.getresponse()
    t.is_((r.status, r.read(1000)), (200, dl.content(9_000_000)[:1000]), "a download begins")
    t.ok(any(line.endswith("get\0") for line in errands(n)), "and waits for its client")
    r.close()
    c.close()
    n.wait(lambda: not any(line.endswith("get\0") for line in errands(n)), 20, "the errand ends with its client")
    n.psql("DELETE FROM core.blob_piece WHERE seq = 0 AND place = (SELECT place FROM core.blob WHERE sha256 = '\\x%s')" % sha(dl.content(9_000_000)))
    t.is_(dl.get(consumer, url)[0], 410, "bytes that are not there are GONE")
    with t.case("a cut"):
        try:
            got = dl.get(consumer, url, Range="bytes=0-8999999")[0]
        except http.client.IncompleteRead:
            got = "cut"
        t.ok(got in (410, "cut"), "and never a short answer that looks whole")


def test_gone(t, n, consumer, comp, url):
    n.psql("UPDATE core.setting SET value = '0' WHERE name = 'blob_grace_s'")
    t.is_(consumer.call("DELETE", "/api/v1/privacy/results/%s" % comp)[0], 204, "the output is purged")
    t.is_(consumer.call("GET", url)[0], 410, "and GONE")
    n.psql("SELECT api.blob_doomed(1000)")
    t.is_(tidy(n)[0], 0, "house-keeping")
    big = sha(dl.content(9_000_000))
    t.is_(n.psql("SELECT count(*) FROM core.blob_place WHERE sha256 = '\\x%s'" % big), "0", "no place of it is left")
    t.is_(n.psql("SELECT count(*) FROM core.blob WHERE sha256 = '\\x%s'" % sha(TABLE)), "1", "a blob in use stays")


def said(headers):
    return [k for k in headers if k.startswith(("x-amz", "x-darkroom-s3", "authorization"))]


def test_secrecy(t, n, sim, consumer, url):
    s, h, _ = dl.get(consumer, url, Range="bytes=1-2")
    t.is_((s, said(h)), (206, []), "a client sees nothing of the store")
    sim.misbehave("drop", times=9, method="GET")
    t.is_(dl.get(consumer, url)[0], 503, "a store that hangs up is a 503")
    sim.faults.clear()
    logs = ""
    for name in ("access.log", "error.log"):
        with open(n.path("nginx", name), errors="replace") as f:
            logs += f.read()
    logs += n.log("fcgi") + n.log("workerd") + n.log("nginx")
    t.ok("Signature" not in logs and sim.secret not in logs and "AWS4" not in logs, "no log has a signature or a key")
    before = len(sim.log)
    s, _, b = consumer.call("GET", "/_s3/darkroom/node/x")
    t.ok(s >= 400 and len(sim.log) == before, "the way to the store is internal")


def test_misbehaviour(t, n, sim, owner, consumer, lease):
    for how, method in (("500", "GET"), ("503", "GET"), ("cut", "GET"), ("drop", "GET")):
        forget(n)
        sim.misbehave(how, times=2, method=method, match="/node/" + sha(TABLE))
        r = consumer.run(lease, READS, {"v": "table"})
        t.like(r["results"]["output"], sha(TABLE), "fetched in spite of: " + how)
    for how in ("500", "503", "drop"):
        data = os.urandom(1000) * 100
        sim.misbehave(how, times=2, method="PUT")
        t.is_(owner.asset("up" + how, data, "file")["sha256"], sha(data), "stored in spite of: " + how)
        t.ok(any(sha(data) in k for k in sim.ours()), "and it is there")
    big = os.urandom(1 << 20) * 40
    t.is_(owner.asset("big", big, "file")["size"], len(big), "a large one, in parts")
    t.ok(any("partNumber=3" in q for _, _, q, _ in sim.log), "three of them")
    sim.misbehave("etag", times=1, method="PUT")
    s, _, b = owner.call("PUT", "/api/v1/assets/bad?kind=file", os.urandom(1 << 20) * 40)
    t.ok(s >= 500, "a part that was stored wrong is noticed")
    t.is_(len(sim.uploads), 0, "and its upload aborted")
    with sim.lock:
        key = [k for k in sim.objects if sha(TABLE) in k][0]
        with open(sim.objects[key][0], "r+b") as f:
            f.write(b"X")
    forget(n)
    comp, before = consumer.submit(lease, READS, {"v": "table"}), len(n.log_events("workerd", "job.unstaged"))
    n.wait(lambda: len(n.log_events("workerd", "job.unstaged")) > before, 40, "bytes that are not what their digest says are refused")
    with open(sim.objects[key][0], "r+b") as f:
        f.write(b"a")
    t.like(consumer.wait(comp)["results"]["output"], sha(TABLE), "and reach no script: a later attempt finds the right ones")


def test_wrong_key(t, n, sim):
    right, sim.secret = sim.secret, "another"
    p = subprocess.run([os.path.join(BUILD, "darkroom-blob"), "-c", n.path("conf", "workerd.conf"), "check"], capture_output=True, text=True,
                       stdin=subprocess.DEVNULL, timeout=60)
    t.is_(p.returncode, 100, "a key that the store refuses is a fault of the settings")
    t.like(p.stderr, "SignatureDoesNotMatch", "in the store's own word")
    sim.secret = right
    sim.refused.clear()


def test_outage(t, n, sim, owner, consumer, lease):
    sim.misbehave("503", times=10_000)
    s, h, b = owner.call("PUT", "/api/v1/assets/late?kind=file", os.urandom(50_000))
    t.is_((s, b["error"]["code"]), (503, "BACKPRESSURE"), "an upload into a store that is away")
    t.is_(n.psql("SELECT count(*) FROM core.asset WHERE asset_id = 'late'"), "0", "stores no row")
    comp = consumer.submit(lease, "print('x' * 100_000)", {"v": "table"})
    n.wait(lambda: n.log_events("workerd", "job.publish_waits"), 40, "a result waits for the store")
    sim.faults.clear()
    r = consumer.wait(comp)
    t.is_((r["status"], len(r["results"]["output"])), ("completed", 100_001), "and is published when it is back, without a second run")
    t.is_(n.psql("SELECT value FROM core.setting WHERE name = 'blob_coming_s'"), "86400", "what the outage left is kept a day")
    n.psql("UPDATE core.setting SET value = '0' WHERE name = 'blob_coming_s'")
    t.is_(tidy(n)[0], 0, "then")
    t.is_(n.psql("SELECT count(*) FROM core.blob_place WHERE state <> 'named'"), "0", "it goes")
    keys = {k.split("/")[2] for k in sim.ours()}
    t.is_(keys, set(n.psql("SELECT place FROM core.blob WHERE store = 's3'").split()), "the store holds what rows name, and nothing else")
    t.is_(sim.refused and [r for r in sim.refused if r[2] not in ("SlowDown", "InternalError", "InvalidPart")], [], "no request was signed wrong")


def main():
    need_root()
    t = Tap()
    with tempfile.TemporaryDirectory() as folder:
        sim = S3Sim(os.path.join(folder, "s3"))
        conf = sim.conf(os.path.join(folder, "key"))
        os.chmod(folder, 0o755)
        nginx = {"store_server": "127.0.0.1:%d" % sim.port, "store_scheme": "http", "store_host": "127.0.0.1:%d" % sim.port}
        t.prefix = "s3: "
        with Node("blob-s3", conf=conf, nginx=nginx) as n:
            owner, consumer = n.principal("owner", ["owner"]), n.principal("consumer", ["consumer"])
            with t.case("check 3"):
                lease, comp, meta = test_round_trip(t, n, "s3", owner, consumer)
                test_secrecy(t, n, sim, consumer, meta["big.bin"]["url"])
            with t.case("a store that misbehaves"):
                test_misbehaviour(t, n, sim, owner, consumer, lease)
            with t.case("a wrong key"):
                test_wrong_key(t, n, sim)
            with t.case("a store that is away"):
                test_outage(t, n, sim, owner, consumer, lease)
            with t.case("check 33"):
                test_gone(t, n, consumer, comp, meta["big.bin"]["url"])
                t.ok(not any(sha(dl.content(9_000_000)) in k for k in sim.ours()), "nor of the object")
        sim.close()
    t.prefix = "postgres: "
    with Node("blob-rows", conf={"blob_store": "postgres"}) as n:
        owner, consumer = n.principal("owner", ["owner"]), n.principal("consumer", ["consumer"])
        with t.case("check 3"):
            lease, comp, meta = test_round_trip(t, n, "rows", owner, consumer)
            test_stream(t, n, consumer, meta["big.bin"]["url"])
        with t.case("check 33"):
            test_gone(t, n, consumer, comp, meta["big.bin"]["url"])
            t.is_(n.psql("SELECT count(*) FROM core.blob_piece c LEFT JOIN core.blob b USING (place) WHERE b.place IS NULL"), "0",
                  "nor a piece of it")
    t.done()


if __name__ == "__main__":
    main()
