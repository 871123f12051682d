#!/usr/bin/python3
"""SIGKILL of a job's process, its helpers, its runner and its worker, and cancelling: nothing half
done stays, no process is left, the next job runs; and no secret lies in a database, log, spool or core file.
Needs the build with fault points (`make faults`)."""
import contextlib
import os
import signal
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ.setdefault("DR_BUILD", os.path.abspath(os.path.join(TOP, "build", "faults")))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "chaos")]
from harness import Tap  # noqa: E402
from credential import KEY, CredNode  # noqa: E402
from points import Pointed  # noqa: E402

SCHEMA = {"issuerId": "V4SGRU86Z58d6TV7PBUe6f", "name": "s", "version": "1", "attrNames": ["a", "b"]}
HEAVY = "size=2 reserved=1 cpu_weight=0 memory_mb=768 wall_s=900"     # no weight: what else runs on this machine is no part of the test
CANARY_SEED, CANARY_VALUE, CANARY_PASS = "canary-seed-canary-seed-canary-00", "canary-value-7f3a91", "canary-pass-5d20c4"


class FaultNode(Pointed, CredNode):
    def session(self, pid):
        """Pids of that session."""
        found = []
        for p in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open("/proc/%s/stat" % p) as f:
                rest = f.read().rsplit(")", 1)[1].split()
                if int(rest[3]) == pid and rest[0] != "Z":
                    found.append(int(p))
        return found

    def working(self):
        """{runner: processes of its session}, of runners at a job."""
        return {pid: self.session(pid) for pid in self.of_workers("darkroom-cred")}

    def staged(self):
        return self.psql("SET darkroom.tenant = '*'; SELECT count(*) FROM core.wallet WHERE job IS NOT NULL")

    def wallets(self, name):
        return self.psql("SET darkroom.tenant = '*'; SELECT count(*) FROM core.wallet WHERE name = '%s' AND job IS NULL" % name)


def definition(ann, tag, bits=3072):
    """A job of seconds, with a helper."""
    return ann.submit("issuer.create_cred_def", {"wallet": "w", "issuer_id": SCHEMA["issuerId"], "schema": {**SCHEMA, "id": "s1"}, "tag": tag,
                                                 "support_revocation": False, "bits": bits})


def busy(n, at_least):
    """The runner that is at a job with at least so many processes, and these."""
    for pid, all_of in n.working().items():
        if len(all_of) >= at_least:
            return pid, all_of
    return None


def alive(pids):
    """Those that are not dead: a dead one may wait for whoever is to reap it."""
    found = []
    for p in pids:
        with contextlib.suppress(OSError), open("/proc/%d/stat" % p) as f:
            found += [p] if f.read().rsplit(")", 1)[1].split()[0] != "Z" else []
    return found


def cancels(t, n, ann):
    job = definition(ann, "cancel")
    runner, pids = n.wait(lambda: busy(n, 3), 20, "a job with a helper")
    began = time.monotonic()
    ann.cancel(job)
    n.wait(lambda: not alive(pids), 1, "none of them alive")
    t.ok(True, "cancelled: its %d processes are gone within %.0f ms" % (len(pids), (time.monotonic() - began) * 1000))
    t.is_(ann.answer(job).state, "cancelled", "and it reads so")
    t.is_(ann.run("wallet.create", {"id": "after", "method": "argon2i_int"}, {"key": "x"}).state, "completed", "the next heavy job runs")
    t.is_(n.psql("SELECT count(*) FROM core.lease WHERE lane IN (5, 6, 8)"), "0", "no lease is left")


def again(n, ann, job):
    """Whether the job is over; a worker that was struck is started anew, whenever it turns out to be dead."""
    if n.procs["workerd"].poll() is not None:
        n.start("workerd")
        n.wait(n.pool_ready, 30, "a worker again")
    return ann.show(job)["extra"].get("final")


def strikes(t, n, ann):
    """Killed at each point of a job's own process, and at those of its worker."""
    for point, kind in (("fork.begun", "did"), ("fork.ran", "did"), ("fork.asked", "did"), ("fork.given", "did"), ("cred.staged", "import"),
                        ("fork.named", "export")):
        with t.case(point):
            n.points.arm(point)
            job, check = START[kind](n, ann, point)
            n.wait(lambda: not n.points.armed(point), 30, "struck")
            n.wait(lambda j=job: again(n, ann, j), 60, "the job's end")
            a = ann.answer(job, 60)
            t.is_(a.state, "completed", "%s: killed there, the job runs again" % point)
            t.ok(check(a), "%s: and is done once" % point)
            t.is_(n.staged(), "0", "%s: nothing is staged" % point)


def start_did(n, ann, point):
    seed = (point * 4)[:32]
    job = ann.submit("did.create_my", {"wallet": "w"}, {"seed": seed})
    return job, lambda a: len([d for d in ann.must("did.list", {"wallet": "w", "limit": 200})["data"] if d["did"] == a.body["did"]]) == 1


def start_import(n, ann, point):
    blob = ann.must("wallet.export", {"wallet": "w", "method": "raw"}, {"key": KEY})["blob"]
    job = ann.submit("wallet.import", {"id": "brought", "blob": blob, "method": "raw"}, {"export_key": KEY, "key": KEY})
    return job, lambda a: n.wallets("brought") == "1"


def start_export(n, ann, point):
    job = ann.submit("wallet.export", {"wallet": "w", "method": "raw"}, {"key": KEY})
    return job, lambda a: n.psql("SELECT size FROM core.blob WHERE sha256 = '\\x%s'" % a.body["sha256"]) == str(a.body["size"])


START = {"did": start_did, "import": start_import, "export": start_export}


def kills(t, n, ann):
    """The runner, a helper, and the worker itself, amid a long job."""
    job = definition(ann, "helper")
    runner, pids = n.wait(lambda: busy(n, 3), 20, "a job with a helper")
    os.kill(max(pids), signal.SIGKILL)
    t.is_(ann.answer(job, 120).state, "completed", "a job whose helper is killed completes, alone or again")
    job = definition(ann, "killed")
    runner, pids = n.wait(lambda: busy(n, 3), 20, "a job with a helper")
    os.kill(runner, signal.SIGKILL)
    n.wait(lambda: not alive(pids), 1, "none of them alive")
    t.ok(True, "a runner that is killed takes its job and helpers along")
    runner, pids = n.wait(lambda: busy(n, 3), 30, "the job again, elsewhere")
    n.kill("workerd")
    n.wait(lambda: not alive(pids), 1, "none of them alive")
    t.ok(True, "as does a worker")
    n.start("workerd")
    t.is_(ann.answer(job, 120).state, "completed", "the job completes")
    t.is_(n.psql("SET darkroom.tenant = '*'; SELECT count(*) FROM core.cred_def WHERE tag IN ('helper', 'killed', 'cancel')"), "2", "two definitions, and none of the cancelled")
    t.is_([f for f in os.listdir(n.path("spool")) if len(f) == 36], [], "no folder is left in the spool")


def memory(t, n, ann):
    """More than a runner may have: the job fails typed, the worker lives."""
    n.conf["cred_heavy"] = HEAVY.replace("768", "64")
    n.write_conf()
    n.stop_part("workerd")
    n.start("workerd")
    n.wait(n.pool_ready, 30, "a worker with little memory")
    a = ann.run("wallet.create", {"id": "large", "method": "argon2i_mod"}, {"key": "x"})
    t.ok(a.state == "failed" and a.error["code"] in ("LIMIT", "INTERNAL_ERROR", "OOM", "INTERNAL"), "no memory for Argon2: the job fails (%r)" % (a.error,))
    t.is_(n.wallets("large"), "0", "and leaves no wallet")
    t.is_(ann.run("wallet.create", {"id": "small", "method": "argon2i_int"}, {"key": "x"}).state, "completed", "the next one runs")


def long(t, n, ann):
    """More than a frame carries: the job fails typed, and costs no runner."""
    n.psql("UPDATE core.cred_kind SET max_bytes = 8 << 20 WHERE kind = (SELECT id FROM core.kind WHERE name = 'did.create_my')")
    lost = len(n.log_events("workerd", "container.lost"))
    for size, what in (((4 << 20) - 400, "with what workerd adds"), (5 << 20, "by itself")):
        a = ann.run("did.create_my", {"wallet": "w", "metadata": "x" * size})
        t.ok(a.state == "failed" and a.error["code"] == "LIMIT", "a request that is too long %s: LIMIT (%r)" % (what, a.error))
    t.is_(len(n.log_events("workerd", "container.lost")), lost, "no runner is lost by it")


def canary(t, n, ann):
    ann.must("wallet.create", {"id": "c", "method": "argon2i_int"}, {"key": CANARY_PASS})
    ann.unlock("c", CANARY_PASS)
    ann.must("did.create_my", {"wallet": "c"}, {"seed": CANARY_SEED[:32]})
    ann.must("wallet.record_put", {"wallet": "c"}, {"type": "note", "id": "x", "value": CANARY_VALUE, "tags": {"t": CANARY_VALUE}})
    t.is_(ann.must("wallet.record_get", {"wallet": "c"}, {"type": "note", "id": "x"})["value"], CANARY_VALUE, "a value that only its owner reads")
    n.psql("CHECKPOINT")
    words = [w.encode() for w in (CANARY_SEED[:32], CANARY_VALUE, CANARY_PASS, KEY, ann.handles["c"])]
    found = set()
    for top, dirs, files in os.walk(n.dir):
        for name in files:
            path = os.path.join(top, name)
            with contextlib.suppress(OSError), open(path, "rb") as f:
                data = f.read()
                found |= {(w.decode(), os.path.relpath(path, n.dir)) for w in words if w in data}
    t.is_(found, set(), "no secret lies in the database, a log, the spool or anything else of the node")
    t.is_([p for p in os.listdir(n.dir) if p.startswith("core")], [], "nor is there a core file")


def main():
    t = Tap()
    with FaultNode("cred-kill", conf={"cred_heavy": HEAVY}) as n:
        ann = n.caller("ann")
        ann.must("wallet.create", {"id": "w", "method": "raw"}, {"key": KEY})
        ann.unlock("w", KEY)
        for what, run in (("cancelling", cancels), ("points", strikes), ("kills", kills), ("long", long), ("canary", canary), ("memory", memory)):
            with t.case(what):
                run(t, n, ann)
    t.done()


main()
