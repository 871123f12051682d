#!/usr/bin/python3
"""The worker on the straight road: every lane, inputs from both stores, tars, results of
every size, the canary, and nothing left behind."""
import base64
import hashlib
import io
import os
import random
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, Node, Tap, need_root  # noqa: E402


def tar(*members):
    """A tar of (name, bytes) files and (name, link target as str) links."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, data in members:
            info = tarfile.TarInfo(name)
            if isinstance(data, str):
                info.type, info.linkname = tarfile.SYMTYPE, data
                t.addfile(info)
            else:
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def unpack(n, data, *args):
    """darkroom-runner --unpack over data into a new folder: its exit status."""
    out = n.path("unpack-%d" % len(os.listdir(n.dir)))
    os.mkdir(out)
    with tempfile.TemporaryFile() as f:
        f.write(data)
        f.seek(0)
        folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
        pid = os.fork()
        if pid == 0:
            os.dup2(f.fileno(), 0)
            os.dup2(folder, 3)
            os.set_inheritable(3, True)
            os.execv(os.path.join(BUILD, "darkroom-runner"), ["darkroom-runner", "--unpack", *args])
        os.close(folder)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def done(n, job):
    return n.psql("SELECT state || ' ' || coalesce(reason, '-') FROM core.done WHERE id = '%s'" % job)


def main():
    need_root()
    t = Tap()
    with Node("worker-basics", conf={"canary_ms": 1000}) as n:
        with t.case("what keeps the limits"):
            n.wait(lambda: n.psql("SELECT count(*) FROM ops.workers") == "1", 10, "a worker")
            t.is_(n.psql("SELECT string_agg(k, ' ' ORDER BY k) FROM ops.workers, jsonb_object_keys(limits) k"), "cpu kill memory pids",
                  "a worker says what keeps each limit on its host")
        with t.case("light and maint lanes"):
            job = n.psql("SELECT api.job_submit('system.noop', '{\"sleep_ms\": 10}')")
            n.wait(lambda: done(n, job), 10, "noop")
            t.is_(done(n, job), "completed -", "system.noop completes")
            job = n.psql("SELECT api.job_submit('system.noop', '{\"sleep\": 10}')")
            n.wait(lambda: n.psql("SELECT reason FROM core.attempt WHERE id = '%s'" % job), 10, "bad noop")
            t.is_(n.rows("SELECT reason, started FROM core.attempt WHERE id = '%s' LIMIT 1" % job), [("INTERNAL", "f")],
                  "a spec that its kind does not know is a fault of ours, and never begins")
            job = n.psql("SELECT api.job_submit('system.retain')")
            n.wait(lambda: done(n, job), 10, "retain")
            t.is_(done(n, job), "completed -", "system.retain runs step by step in SQL")

        with t.case("canary"):
            n.wait(lambda: n.psql("SELECT count(*) FROM core.done WHERE kind = 4 AND state = 'completed'") != "0", 20, "canary")
            n.wait(lambda: n.psql("SELECT count(*) FROM core.worker WHERE proved_at IS NOT NULL") == "1", 10, "proof")
            n.wait(lambda: n.client("operator").call("GET", "/readyz")[0] == 200, 20, "readyz")
            t.ok(True, "the canary proves an idle pool and /readyz says so")

        owner, consumer, lease = n.pair()
        n.psql("UPDATE core.setting SET value = '10000' WHERE name LIKE 'rate_%'")
        with t.case("inputs"):
            big = b"x,y\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(20000))
            owner.asset("big", big)
            owner.asset("tree", tar(("a/b.txt", b"deep"), ("c.txt", b"flat")), "tar")
            lease = owner.grant(consumer, ["data_456", "big", "tree"])
            r = consumer.run(lease, "print(features[0]['b'], len(big))", {"features": "data_456", "big": "big"})
            t.is_(r.get("results", {}).get("output"), "2 20000\n", "an input from the database and one from the folder")
            code = "import os; print((tree / 'a/b.txt').read_text(), sorted(os.listdir(tree)))"
            for what in ("unpacked", "found unpacked"):
                r = consumer.run(lease, code, {"tree": "tree"})
                t.is_(r.get("results", {}).get("output"), "deep ['a', 'c.txt']\n", "a tar is " + what)
            t.is_(len([d for d in os.listdir(n.path("cache", "tar")) if len(d) == 64]), 1, "once in the cache")
            r = consumer.run(lease, "open(tree / 'c.txt', 'w')", {"tree": "tree"})
            t.is_(r.get("reason_code"), "EXCEPTION", "and nobody writes to it")

        with t.case("a tar that no upload would have let in"):
            for name, data in (("climbing", tar(("../evil", b"x"))), ("linked", tar(("l", "/etc/passwd"))),
                               ("absolute", tar(("/etc/x", b"x"))), ("garbled", b"\x1f\x8bnot a tar" * 40)):
                t.is_(unpack(n, data), 1, "%s: refused" % name)
            t.is_(unpack(n, tar(("d/e/f", b"x"))), 0, "the same program takes a plain one")
            t.is_(unpack(n, tar(("big", b"x" * 5000)), "--max-bytes=4999"), 1, "a byte over the bound: refused")
            t.is_(unpack(n, tar(("a", b""), ("b", b"")), "--max-files=1"), 1, "a file over the bound: refused")

        with t.case("results"):
            r = consumer.run(lease, "import os\nfor i in range(40): open(f'/out/f{i}', 'wb').write(bytes([i]) * (i * 1000))",
                             {"v": "data_456"})
            meta = {m["name"]: m for m in r["artifact_meta"]}
            t.is_(len(meta), 40, "forty artifacts, small and large")
            ok = all(base64.b64decode(r["results"]["artifacts"]["f%d" % i]) == bytes([i]) * (i * 1000) and
                     meta["f%d" % i]["sha256"] == hashlib.sha256(bytes([i]) * (i * 1000)).hexdigest() for i in range(40))
            t.ok(ok, "each comes back byte for byte under its digest")
            stores = dict(n.rows("SELECT store, count(*) FROM core.blob GROUP BY store"))
            t.ok(int(stores["pg"]) > 10 and int(stores["dir"]) > 10, "small ones in the database, others in the folder")
            seed = random.randrange(1 << 30)
            r = consumer.run(lease, "import random; open('/out/big.bin','wb').write(random.Random(%d).randbytes(3 << 20))" % seed,
                             {"v": "data_456"})
            want = hashlib.sha256(random.Random(seed).randbytes(3 << 20)).hexdigest()
            t.is_(r["artifact_meta"][0]["sha256"], want, "three MiB under the right digest")

        with t.case("fifty on a pool of two"):
            ids = [consumer.submit(lease, "print(%d)" % i, {"v": "data_456"}) for i in range(50)]
            out = [consumer.wait(c) for c in ids]
            t.ok(all(r["status"] == "completed" and r["results"]["output"] == "%d\n" % i for i, r in enumerate(out)),
                 "all complete with their own output")
            t.is_(n.psql("SELECT count(*) FROM core.attempt JOIN core.job USING (id) WHERE kind = 1"), "0", "none needed a second run")

        with t.case("behind it"):
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease") == "0", 10, "no lease")
            n.wait(lambda: sorted(os.listdir(n.path("spool"))) == ["upload", "workerd.lock"], 10, "no job folder in the spool")
            t.is_(os.listdir(n.path("blobs", "tmp")), [], "no unfinished blob")
            n.wait(lambda: not n.job_processes(), 5, "no process of a job")
            t.is_(n.stop_part("workerd"), 0, "TERM ends an idle worker with 0")
            t.is_(n.psql("SELECT state FROM core.worker"), "gone", "and it has left")
            n.wait(lambda: not n.cgroups(), 5, "no cgroup")
            t.ok(True, "no cgroup of this node is left")
    t.done()


main()
