#!/usr/bin/python3
"""A script by its CID, fetched block by block from a node that can also lie: phase fetching,
what goes wrong and its hint, cancelling, the container that has no network.  Checks 5 and 23
(the CID's part)."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402
from outside.ipfssim import IpfsSim  # noqa: E402

INPUTS = [{"asset_id": "data_456", "variable_name": "x"}]


class Story:
    def __init__(self, n, t, sim):
        self.n, self.t, self.sim = n, t, sim
        self.owner, self.consumer, self.lease = n.pair()
        self.counted = self.owner.grant(self.consumer, ["data_456"], max_runs=3)

    def call(self, cid, lease=None):
        return self.consumer.call("POST", "/api/v1/privacy/execute", {"lease_id": lease or self.lease, "computationCid": cid, "inputs": INPUTS})

    def submit(self, cid, lease=None):
        status, _, body = self.call(cid, lease)
        if status != 202:
            raise AssertionError("%d %r" % (status, body))
        return body["computation_id"]

    def phase(self, comp):
        r = self.consumer.result(comp)
        return r["status"], r["phase"]

    def checks(self):
        return {c["name"]: c["status"] for c in self.n.client("operator").call("GET", "/readyz")[2]["checks"]}


def off_and_on(s):
    t, n = s.t, s.n
    with t.case("off"):
        status, _, body = s.call(s.sim.add(b"print('far')\n"))
        t.is_((status, body["error"]["code"]), (400, "VALIDATION_ERROR"), "nothing is fetched unless an operator says so")
        t.is_(s.checks()["ipfs"], "unknown", "and the check is unknown")
        n.psql("SELECT api.setting_set('ipfs_fetch', 'true')", role="darkroom_operator")
        n.psql("UPDATE core.cron SET last_slot = NULL WHERE name = 'ipfs.probe'")
        n.wait(lambda: s.checks()["ipfs"] == "ready", 30, "ipfs ready")
        t.ok(True, "switched on, the check is ready")


def good(s):
    t, sim = s.t, s.sim
    with t.case("check 23: a script of one block"):
        cid = sim.add(b"print('from afar', len(x))\n")
        comp = s.submit(cid)
        r = s.consumer.wait(comp)
        t.is_((r["status"], r["results"]["output"]), ("completed", "from afar 2\n"), "runs")
        record = s.consumer.must("GET", "/api/v1/privacy/computations/" + comp)["request"]
        t.is_((record["computationCid"], record["code"]), (cid, "print('from afar', len(x))\n"), "its record has the CID and the code")
        t.is_(r["attempt"], 1, "one attempt")
        asked = len(sim.asked)
        t.is_(s.consumer.wait(s.submit(cid))["results"]["output"], "from afar 2\n", "again, it is stored here")
        t.is_(len(sim.asked), asked, "and nobody is asked")
    with t.case("large scripts"):
        big = b"# " + b"x" * 70 + b"\n"
        big = (big * (1 << 14))[:(1 << 20) - 20].rsplit(b"\n", 1)[0] + b"\nprint('big')\n"
        r = s.consumer.wait(s.submit(sim.add(big)))
        t.is_(r.get("results", {}).get("output"), "big\n", "just under 1 MiB, five blocks: %s" % r.get("error"))
        deep = big[-60000:].split(b"\n", 1)[1]
        r = s.consumer.wait(s.submit(sim.add(deep, chunk=512, width=8)))
        t.is_(r.get("results", {}).get("output"), "big\n", "a tree of three levels: %s" % r.get("error"))
        r = s.consumer.wait(s.submit(sim.add(deep, chunk=4096, raw=True)))
        t.is_(r.get("results", {}).get("output"), "big\n", "raw leaves: %s" % r.get("error"))
        r = s.consumer.wait(s.submit(sim.add(b"#" * (1 << 20) + b"\n")))
        t.is_((r["reason_code"], "1048576" in r["error"]), ("CODE_UNAVAILABLE", True), "a byte over 1 MiB: %s" % r["error"])


def bad(s):
    t, n, sim = s.t, s.n, s.sim
    want = {"flip": "CODE_MISMATCH", "other": "CODE_MISMATCH", "http500": "CODE_UNAVAILABLE", "huge": "CODE_UNAVAILABLE", "cut": "CODE_UNAVAILABLE",
            "redirect": "CODE_UNAVAILABLE"}
    with t.case("check 23: blocks that do not match"):
        for i, (fault, reason) in enumerate(want.items()):
            sim.fault = fault
            r = s.consumer.wait(s.submit(sim.add(b"print(%d)\n" % i), s.counted))
            t.is_((r["status"], r["phase"], r["reason_code"], bool(r["hint"])), ("failed", "failed", reason, True), "%s: %s" % (fault, r["error"]))
        sim.fault = None
        lie = sim.add(b"a" * 600, chunk=200)
        leaf = [k for k, v in sim.blocks.items() if b"a" * 200 in v][-1]
        sim.blocks[leaf] = sim.blocks[leaf].replace(b"a", b"b", 1)
        t.is_(s.consumer.wait(s.submit(lie))["reason_code"], "CODE_MISMATCH", "a leaf that was changed")
        for what, cid in (("nobody has it", "Qm" + "T" * 44), ("a folder", sim.folder()), ("not UTF-8", sim.add(b"\xff\xfe")), ("a NUL", sim.add(b"a\0b"))):
            r = s.consumer.wait(s.submit(cid) if what != "nobody has it" else s.submit("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"))
            t.is_(r["reason_code"], "CODE_UNAVAILABLE", "%s: %s" % (what, r["error"]))
        t.is_(s.consumer.must("GET", "/api/v1/leases/" + s.counted)["runs_left"], 3, "no run of the lease was used")
        t.is_(n.psql("SELECT count(*) FROM core.script WHERE cid IN (SELECT spec ->> 'cid' FROM core.job j JOIN core.done d USING (id) "
                     "WHERE d.reason IN ('CODE_MISMATCH', 'CODE_UNAVAILABLE'))"), "0", "and nothing of it was stored")


def in_between(s):
    t, n, sim = s.t, s.n, s.sim
    with t.case("fetching"):
        sim.hold.clear()
        asked = len(sim.asked)
        comp, other = s.submit(sim.add(b"print('held')\n"), s.counted), s.submit(sim.add(b"print('cancelled')\n"), s.counted)
        n.wait(lambda: len(sim.asked) > asked, 20, "the first block is asked for")
        t.is_((s.phase(comp), s.phase(other)), (("pending", "fetching"),) * 2, "phase fetching, status pending")
        t.is_([c["phase"] for c in s.consumer.must("GET", "/api/v1/privacy/computations?phase=fetching")["data"]], ["fetching"] * 2, "lists show it")
        s.consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % other, {})
        t.is_(s.phase(other), ("failed", "cancelled"), "cancelled while it is fetched")
        local = s.consumer.run(s.lease, "print('near')", {"x": "data_456"})
        t.is_(local["results"]["output"], "near\n", "other jobs do not wait for it")
        n.kill("workerd", signal.SIGKILL)
        n.start("workerd")
        sim.hold.set()
        r = s.consumer.wait(comp)
        t.is_((r["status"], r.get("results", {}).get("output")), ("completed", "held\n"), "its worker killed meanwhile: fetched again, run once")
        left = s.consumer.must("GET", "/api/v1/leases/" + s.counted)["runs_left"]
        t.is_(left, 2, "one run was used: the cancelled one came back")
    s.slow_cid = sim.add(b"print('a byte a second, and many of them')\n")
    sim.drip.add(s.slow_cid)
    s.slow = s.submit(s.slow_cid)
    with t.case("revoked while it is fetched"):
        sim.hold.clear()
        asked = len(sim.asked)
        comp = s.submit(sim.add(b"print('revoked')\n"), s.counted)
        n.wait(lambda: len(sim.asked) > asked, 20, "asked")
        s.owner.must("POST", "/api/v1/leases/%s/revoke" % s.counted, {"reason": "no"})
        t.is_(s.consumer.result(comp)["reason_code"], "LEASE_REVOKED", "it ends at once")
        sim.hold.set()
    with t.case("the container"):
        r = s.consumer.wait(s.submit(sim.add(b"import socket\ntry:\n  socket.create_connection(('127.0.0.1', %d), 2)\n  print('reached')\n"
                                             b"except OSError as e:\n  print('no network')\n" % sim.port)))
        t.is_(r["results"]["output"] if r["status"] == "completed" else r["reason_code"], "no network\n", "has no network, wherever its script came from")


def outage(s):
    t, n, sim = s.t, s.n, s.sim
    with t.case("check 5: an outage"):
        sim.stop()
        r = s.consumer.wait(s.submit(sim.add(b"print('out')\n")))
        t.is_(r["reason_code"], "CODE_UNAVAILABLE", "an outage: %s" % r["error"])
        n.psql("UPDATE core.ipfs SET ok_at = clock_timestamp() - interval '1 h'")
        t.is_(s.checks()["ipfs"], "not_ready", "its check is degraded")
        t.is_(s.consumer.run(s.lease, "print('near')", {"x": "data_456"})["status"], "completed", "and everything else works")
        sim.start()
        n.psql("UPDATE core.cron SET last_slot = NULL WHERE name = 'ipfs.probe'")
        n.wait(lambda: s.checks()["ipfs"] == "ready", 30, "ipfs ready")
        t.is_(s.consumer.wait(s.submit(sim.add(b"print('back')\n")))["status"], "completed", "afterwards it is back")
        t.ok("print(" not in n.log("workerd"), "no script is in the log")
    with t.case("check 23: 30 s, while it is read"):
        r = s.consumer.wait(s.slow)
        t.is_((r["reason_code"], "in time" in r["error"]), ("CODE_UNAVAILABLE", True), "a byte a second: %s" % r["error"])
        took = float(n.psql("SELECT extract(epoch FROM m.finished_at - m.created_at) FROM (SELECT c.finished_at, j.created_at FROM core.computation c "
                            "JOIN core.job j ON j.id = c.job_id WHERE j.spec ->> 'cid' = '%s') m" % s.slow_cid))
        t.ok(29 < took < 36, "given up after 30 s: %.1f" % took)


def main():
    need_root()
    t = Tap()
    sim = IpfsSim().start()
    with Node("ipfs", conf={"ipfs_api": sim.url, "poll_ms": 200}) as n:
        n.psql("UPDATE core.setting SET value = '100000' WHERE name ~ '^rate_'")
        s = Story(n, t, sim)
        off_and_on(s)
        good(s)
        bad(s)
        in_between(s)
        outage(s)
    t.done()


main()
