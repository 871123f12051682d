#!/usr/bin/python3
"""Break a whole node at random while clients use it; then check that no promise was.

    tests/chaos/chaos.py --jobs N --kills M [--seed S] [--seconds T] [--settle S]

A private node (PostgreSQL, nginx, front, two workers with warm containers) takes N jobs of every
kind over T seconds (default: one for each kill) while M faults hit it.  Then the faults stop, every
job must end, and the audit compares rows, files, processes and logs with what the clients know.
--seed repeats the plan of an earlier run; it is printed first.  TAP on standard output.
"""
import argparse
import os
import secrets
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from agenda import Agenda  # noqa: E402
from audit import Audit  # noqa: E402
from clients import Clients  # noqa: E402
from disk import Disk, enter_namespace  # noqa: E402
from faults import FAULTS, Breaker  # noqa: E402
from harness import Node, Tap, need_root  # noqa: E402
from ledger import Ledger  # noqa: E402
from plan import Plan  # noqa: E402

CLIENTS = 4
POOL = {"pool_size": 2, "pool_min": 2, "pool_max": 2, "grace_ms": 3000, "canary_ms": 3600000}
SETTINGS = {"rate_submit": 10**6, "rate_submit_burst": 10**6, "rate_read": 10**6, "rate_read_burst": 10**6,
            "open_jobs_max": 10**7, "queue_max": 10**7}


class Storm:
    def __init__(self, node, disk, tap, settle):
        self.node, self.disk, self.tap, self.settle = node, disk, tap, settle
        self.ledger, self.plans = Ledger(), []
        for name, value in SETTINGS.items():
            node.psql("UPDATE core.setting SET value = '%d' WHERE name = '%s'" % (value, name))
        node.psql("CREATE SCHEMA chaos; CREATE TABLE chaos.batch (seed bigint, n int, PRIMARY KEY (seed, n)); CREATE TABLE chaos.noop (id uuid PRIMARY KEY)")
        owner, self.consumer, _ = node.pair()
        self.lease = owner.grant(self.consumer, ["data_456"], max_runs=10**6)

    def rage(self, plan):
        """One plan: clients and faults, until every fault has struck and every submit was accepted."""
        self.tap.diag("seed %d: %d jobs, %d kills, %g s" % (plan.seed, plan.jobs, plan.kills, plan.seconds))
        self.plans.append(plan)
        work, harm = Agenda(), Agenda()
        self.clients = Clients(self.node, self.consumer, self.lease, work, self.ledger)
        breaker = Breaker(self.node, self.disk, harm, self.ledger)
        self.clients.plan(plan)
        breaker.plan(plan)
        work.run(CLIENTS)
        harm.run(1)
        self.tap.ok(harm.join(plan.seconds * 4 + 120), "seed %d: every fault was injected" % plan.seed)
        breaker.ensure_up()
        self.tap.ok(work.join(plan.seconds + self.settle), "seed %d: every client is done" % plan.seed)
        self.clients.stop.set()
        work.close()
        harm.close()
        for f in harm.failed + work.failed:
            self.tap.ok(False, "the harness itself: " + f)

    def drain(self):
        """Wait for the end of every job that anybody asked for."""
        open_jobs = "SELECT count(*) FROM core.job j WHERE kind < 3 AND NOT EXISTS (SELECT FROM core.done d WHERE d.id = j.id)"
        began = time.monotonic()
        self.tap.ok(wait_for(lambda: self.node.psql(open_jobs) == "0", self.settle), "every job ends within %d s of the last fault" % self.settle)
        self.tap.diag("drained in %.1f s" % (time.monotonic() - began))

    def audit(self):
        a = Audit(self.node, self.disk, self.plans, self.ledger, self.tap, self.clients)
        for check in (a.load, a.jobs, a.ends, a.runs, a.results, a.blobs):
            with self.tap.case(check.__name__):
                check()
        for part in ("workerd", "workerd2"):
            self.tap.is_(self.node.stop_part(part), 0, "TERM ends %s with 0" % part)
        self.node.start("workerd")      # looks for files without a row at its start
        self.tap.ok(wait_for(self.node.pool_ready, 60), "a worker starts where the dead were")
        wait_for(lambda: not a.strays & set(a.blob_files()), 400)   # 256 folders, one a second; none: at once
        a.swept()
        self.tap.is_(self.node.stop_part("workerd"), 0, "TERM ends workerd with 0")
        for part in ("nginx", "fcgi"):
            self.tap.is_(self.node.stop_part(part), 0, "TERM ends %s with 0" % part)
        a.logs()
        self.node.stop_part("pg")
        a.leftovers([self.node.instance()])
        self.report()

    def report(self):
        self.tap.diag("faults: " + ", ".join("%s %d" % kv for kv in sorted(self.ledger.strikes.items())))
        if self.ledger.idle:
            self.tap.diag("without a target: " + ", ".join("%s %d" % kv for kv in sorted(self.ledger.idle.items())))
        self.tap.diag("calls: " + ", ".join("%s: %d" % (k, n) for k, n in self.ledger.answers.most_common()))


def wait_for(fn, timeout):
    """Poll until true; a database that cannot answer yet is not an answer."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            if fn():
                return True
        except RuntimeError:
            pass
        time.sleep(0.1)
    return False


def storm(tap, plans, settle, disk_mb=256):
    """Start a node, let every plan rage on it, audit once."""
    node = Node("chaos", conf=POOL, workers=2)
    disk = Disk(node, disk_mb, ("spool", "spool-workerd2"))
    try:
        with node:
            s = Storm(node, disk, tap, settle)
            for p in plans:
                s.rage(p)
            s.drain()
            s.audit()
            node.keep = bool(tap.failed and os.environ.get("DR_KEEP"))
    finally:
        if not node.keep:
            disk.unmount()


def main():
    need_root()
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--jobs", type=int, default=1000)
    p.add_argument("--kills", type=int, default=50)
    p.add_argument("--seed", type=int, default=None)
    p.add_argument("--seconds", type=float, default=None)
    p.add_argument("--settle", type=float, default=300, help="time for the last job to end, in seconds")
    a = p.parse_args()
    enter_namespace()
    tap = Tap()
    seed = secrets.randbelow(10**9) if a.seed is None else a.seed
    storm(tap, [Plan(seed, a.jobs, a.kills, a.seconds or max(10, a.kills), FAULTS)], a.settle)
    tap.done()


if __name__ == "__main__":
    main()
