#!/usr/bin/python3
"""Check 15, its second sentence: two worker hosts on one database and one S3 store; one is killed in mid-job, nothing is lost.

Each host is a network namespace of its own with its own folders; they share the
database and the store, no disk.  The store is tests/s3sim.py.
"""
import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, Node, Tap, need_root  # noqa: E402
from s3sim import S3Sim  # noqa: E402

JOBS = 8
TABLE = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * 7) for i in range(40_000))
SCRIPT = """
import glob, hashlib, time
digest = hashlib.sha256(open(glob.glob('/in/v.*')[0], 'rb').read()).digest()
with open('/out/result.bin', 'wb') as f:
    f.write(hashlib.sha256(digest + bytes([params['n']])).digest() * 10_000)
print(digest.hex())
end = time.monotonic() + 2
while time.monotonic() < end:
    pass
"""


def result_of(i):
    return hashlib.sha256(hashlib.sha256(TABLE).digest() + bytes([i])).digest() * 10_000


class Host:
    """A worker host: network namespace dr<pid>-<k>, address 10.87.<k>.2, its own folders."""

    def __init__(self, node, sim, k):
        self.node, self.k, self.ns, self.part = node, k, "dr%d-%d" % (os.getpid(), k), "workerd%d" % (k + 1)
        self.store = "http://10.87.%d.1:%d" % (k, sim.port)

    def ip(self, *args):
        subprocess.run(["ip", *args], check=True)

    def up(self):
        near = "dr%d%d" % (os.getpid() % 100_000, self.k)
        self.ip("netns", "add", self.ns)
        self.ip("link", "add", near, "type", "veth", "peer", "name", "eth0", "netns", self.ns)
        self.ip("addr", "add", "10.87.%d.1/30" % self.k, "dev", near)
        self.ip("link", "set", near, "up")
        for args in (["addr", "add", "10.87.%d.2/30" % self.k, "dev", "eth0"], ["link", "set", "eth0", "up"], ["link", "set", "lo", "up"]):
            self.ip("-n", self.ns, *args)
        self.start()

    def start(self):
        root = self.node.path("host%d" % self.k)
        for d in ("spool", "cache"):
            os.makedirs(os.path.join(root, d), exist_ok=True)
        self.node.spawn(self.part, ["nsenter", "--net=/run/netns/" + self.ns, "unshare", "--uts", "sh", "-c",
                                    'hostname "$1" && shift && exec "$@"', "sh", "host%d" % self.k,
                                    os.path.join(BUILD, "darkroom-workerd"), "-c", self.node.path("conf", "workerd.conf"),
                                    "--spool-dir=" + root + "/spool", "--cache-dir=" + root + "/cache", "--blob-dir=" + root + "/none",
                                    "--s3-endpoint=" + self.store, "--instance=%s-%d" % (self.node.instance(), self.k + 1)])

    def processes(self):
        """workerd and all that descends from it."""
        children = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open("/proc/%s/stat" % pid) as f:
                children.setdefault(int(f.read().rpartition(")")[2].split()[1]), []).append(int(pid))
        found, todo = [], [self.node.pid(self.part)]
        while todo:
            found.append(todo.pop())
            todo += children.get(found[-1], [])
        return found

    def die(self):
        """As by the power switch: everything stands still, then nothing of it is left."""
        for sig in (signal.SIGSTOP, signal.SIGKILL):
            for pid in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sig)
        self.node.procs[self.part].wait(30)

    def running(self):
        return int(self.node.psql("SELECT count(*) FROM core.lease l JOIN core.worker w ON w.id = l.worker "
                                  "WHERE w.host = 'host%d' AND l.phase = 'running'" % self.k))

    def down(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.ip("netns", "del", self.ns)    # its end of the wire, and so ours, goes with it


def story(t, n, sim, hosts):
    owner, consumer = n.principal("owner", ["owner"]), n.principal("consumer", ["consumer"])
    owner.asset("table", TABLE)
    t.ok(any(hashlib.sha256(TABLE).hexdigest() in k for k in sim.ours()), "an asset went to the store, to neither host")
    lease = owner.grant(consumer, ["table"], max_runs=JOBS)
    comps = [consumer.submit(lease, SCRIPT, {"v": "table"}, params={"n": i}) for i in range(JOBS)]
    n.wait(lambda: all(h.running() for h in hosts), 40, "both hosts run jobs")
    hosts[0].die()
    left = n.psql("SELECT count(*) FROM core.lease l JOIN core.worker w ON w.id = l.worker WHERE w.host = 'host0'")
    t.ok(int(left) > 0, "one host dies in the middle of %s of them" % left)

    records = [consumer.wait(c, timeout=90) for c in comps]
    t.is_([r["status"] for r in records], ["completed"] * JOBS, "every job completes")
    t.is_(n.psql("SELECT count(*), count(DISTINCT id), max(attempt) > 1 FROM core.done WHERE kind = 1"), "%d|%d|t" % (JOBS, JOBS),
          "each ends once, some after a second attempt")
    t.is_(owner.must("GET", "/api/v1/leases/" + lease)["runs_left"], 0, "and each used one run")
    for i, r in enumerate(records):
        meta, want = r["artifact_meta"][0], result_of(i)
        t.is_(meta["sha256"], hashlib.sha256(want).hexdigest(), "job %d: the digest of its artifact" % i)
        got = b"".join(consumer.call("GET", meta["url"], headers={"Range": "bytes=%d-%d" % (a, a + 99_999)}, raw=True)[2]
                       for a in range(0, len(want), 100_000))
        t.ok(got == want, "job %d: byte for byte, by ranges" % i)

    # What the dead host had stored and not said is an orphan; a worker's upkeep finds it.
    n.psql("UPDATE core.setting SET value = '0' WHERE name = 'blob_coming_s'")
    hosts[0].start()
    named = "SELECT place FROM core.blob WHERE place IS NOT NULL ORDER BY place"
    n.wait(lambda: n.psql("SELECT count(*) FROM core.blob_place WHERE state <> 'named'") == "0" and
           sorted(k.rpartition("/")[2] for k in sim.ours()) == n.psql(named).split(), 30, "no orphan after house-keeping")
    t.ok(True, "the store holds what rows name, and nothing else")
    t.is_(sim.uploads, {}, "no upload is unfinished")
    t.is_([r for r in sim.refused if r[2].startswith(("Signature", "Access", "Invalid"))], [], "no request was signed wrong")


def main():
    need_root()
    t = Tap("check 15: ")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        os.chmod(folder, 0o755)
        sim = S3Sim(os.path.join(folder, "s3"), address="0.0.0.0")
        stack.callback(sim.close)
        store = "127.0.0.1:%d" % sim.port
        conf = {**sim.conf(os.path.join(folder, "key")), "s3_endpoint": "http://" + store}
        n = stack.enter_context(Node("hosts", parts=("pg", "fcgi", "nginx"), conf=conf, workers=2, nginx={
            "store_server": store, "store_scheme": "http", "store_host": store}))
        n.allow_images()
        hosts = [Host(n, sim, k) for k in range(2)]
        with t.case("two hosts"):
            for h in hosts:
                stack.callback(h.down)
                h.up()
            story(t, n, sim, hosts)
        for h in hosts:
            n.stop_part(h.part)
    t.done()


if __name__ == "__main__":
    main()
