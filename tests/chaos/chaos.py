#!/usr/bin/python3
"""Break a whole node at random while clients use it; then check that no promise was.

    tests/chaos/chaos.py --jobs N --kills M [--seed S] [--seconds T] [--settle S]

A private node of the fault build (PostgreSQL, nginx, front, two workers with warm containers) takes N
jobs of every kind over T seconds (default: one for each kill) while M processes are killed and other
faults hit it.  Then the faults stop, every job must end, and the audit compares rows, files,
processes and logs with what the clients know and with what the runs themselves wrote.
--seed repeats the plan of an earlier run; it is printed first.  TAP on standard output.
"""
import argparse
import contextlib
import json
import os
import secrets
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
os.environ.setdefault("DR_BUILD", os.path.join(TOP, "build", "faults"))
import harness  # noqa: E402
import points  # noqa: E402
from agenda import Agenda  # noqa: E402
from audit import Audit  # noqa: E402
from clients import Clients, Operator  # noqa: E402
from disk import Disk, enter_namespace, mount  # noqa: E402
from faults import FAULTS, Breaker  # noqa: E402
from harness import Tap, need_root  # noqa: E402
from ledger import Ledger  # noqa: E402
from plan import Plan  # noqa: E402
from relay import Relay  # noqa: E402
from world import World  # noqa: E402

CLIENTS = 5
PROGRESS_S = 10
POOL = {"pool_size": 2, "pool_min": 2, "pool_max": 2, "grace_ms": 3000, "canary_ms": 20000}


class Node(harness.Node):
    """With the folder of points in every daemon's environment, and a relay before the front."""

    def __init__(self, name, **more):
        super().__init__(name, workers=2, conf=POOL, **more)
        os.makedirs(self.dir, exist_ok=True)
        self.points = points.Points(self.path("faults"))
        self.nginx_vars["fcgi"] = "unix:" + self.path("sock", "relay.sock")

    def env(self):
        return {**super().env(), "DR_FAULT_DIR": self.points.path}

    def start_fcgi(self, part):
        if not hasattr(self, "relay"):
            self.relay = Relay(self.path("sock", "relay.sock"), self.path("sock", "fcgi-0.sock"))
        super().start_fcgi(part)


class Storm:
    def __init__(self, node, disks, tap, settle):
        self.node, self.disks, self.tap, self.settle = node, disks, tap, settle
        self.ledger, self.plans = Ledger(), []
        node.psql("ALTER SYSTEM SET max_wal_size = '128MB'")
        node.psql("SELECT pg_reload_conf()")
        self.world = World(node)

    def rage(self, plan):
        """One plan: clients and faults, until every fault has struck and every submit was accepted."""
        self.tap.diag("seed %d: %d jobs, %d kills, %g s" % (plan.seed, plan.jobs, plan.kills, plan.seconds))
        self.plans.append(plan)
        self.world.prepare(plan)
        work, harm = Agenda(), Agenda()
        self.clients = Clients(self.world, work, self.ledger)
        operator = Operator(self.node, work, self.ledger, plan.seed)
        names = [p.name for p in points.table(TOP) if p.who != "migrate"]
        breaker = Breaker(self.node, self.disks, self.node.relay, self.node.points, names, harm, self.ledger)
        self.clients.plan(plan)
        operator.plan(plan.seconds)
        breaker.plan(plan)
        work.run(CLIENTS)
        harm.run(1)
        with Progress(self):
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
        open_jobs = ("SELECT count(*) FROM core.job j WHERE (kind < 3 OR id IN (SELECT id FROM chaos.noop)) "
                     "AND NOT EXISTS (SELECT FROM core.done d WHERE d.id = j.id)")
        began = time.monotonic()
        with Progress(self):
            self.tap.ok(wait_for(lambda: self.node.psql(open_jobs) == "0", self.settle), "every job ends within %d s of the last fault" % self.settle)
        self.tap.diag("drained in %.1f s" % (time.monotonic() - began))

    def audit(self):
        a = Audit(self.node, self.disks[0], self.plans, self.ledger, self.tap, self.clients, self.node.points)
        for check in (a.load, a.jobs, a.ends, a.runs, a.proofs, a.results, a.assets, a.blobs):
            with self.tap.case(check.__name__):
                check()
        for part in ("workerd", "workerd2"):
            self.tap.is_(self.node.stop_part(part), 0, "TERM ends %s with 0" % part)
        self.node.start("workerd")      # looks for files without a row at its start
        self.tap.ok(wait_for(self.node.pool_ready, 60), "a worker starts where the dead were")
        wait_for(lambda: not a.unswept(), 90)
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
        self.tap.diag("points: " + ", ".join(sorted({name for name, _ in self.node.points.struck()})))
        self.tap.diag("calls: " + ", ".join("%s: %d" % (k, n) for k, n in self.ledger.answers.most_common()))
        self.tap.diag("jobs %d, kills %d, other faults %d, violations %d" % (
            sum(p.jobs for p in self.plans), self.ledger.kills, len(self.ledger.hits) - self.ledger.kills, self.tap.failed))


class Progress:
    """A line every ten seconds, from a thread of its own."""

    def __init__(self, storm):
        self.storm, self.over, self.began = storm, threading.Event(), time.monotonic()

    def line(self):
        s = self.storm
        try:
            done, twice = s.node.rows("SELECT count(*) FILTER (WHERE kind < 3 OR id IN (SELECT id FROM chaos.noop)), "
                                       "count(*) - count(DISTINCT id) FROM chaos.ended")[0]
        except RuntimeError:
            done, twice = "?", "0"      # the database is away just now
        s.tap.diag("%4d s: %s of %d jobs ended, %d of %d kills, %d violations" % (
            time.monotonic() - self.began, done, sum(p.jobs for p in s.plans), s.ledger.kills, sum(p.kills for p in s.plans),
            len(s.ledger.broken) + int(twice)))

    def run(self):
        while not self.over.wait(PROGRESS_S):
            self.line()

    def __enter__(self):
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def __exit__(self, *exc):
        self.over.set()
        self.thread.join()


def wait_for(fn, timeout):
    """Poll until true; a database that cannot answer yet is not an answer."""
    def there():
        with contextlib.suppress(RuntimeError):
            return fn()
    with contextlib.suppress(TimeoutError):
        return bool(harness.until(there, timeout))
    return False


def run_node(tap, body, disk_mb=256, pg_mb=768, copies=False):
    """Start a node on its disks and hand it over; copies: uploads cross a mount, so they are copied."""
    node = Node("chaos")
    disks = (Disk(node, "disk", disk_mb, ("blobs", "spool", "spool-workerd2")), Disk(node, "pgdisk", pg_mb, ("pg",)))
    upload = node.path("spool", "upload")
    os.makedirs(upload)
    if copies:
        mount("--bind", upload, upload)
    try:
        with node:
            body(node, disks)
            node.keep = bool(tap.failed and os.environ.get("DR_KEEP"))
    finally:
        if not node.keep:
            for d in disks:
                d.unmount()


def storm(tap, plans, settle):
    """Let every plan rage on one node, audit once."""
    def body(node, disks):
        s = Storm(node, disks, tap, settle)
        for p in plans:
            s.rage(p)
        s.drain()
        s.audit()
    run_node(tap, body)


def figures(path, tap, a, seed):
    """One line as tests/bench/report.py reads them."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w") as f:
        f.write(json.dumps({"bench": "chaos", "metric": "claims that do not hold after %d kills over %d jobs, seed %d" % (a.kills, a.jobs, seed),
                            "value": tap.failed, "unit": "claims", "peer": None, "ratio": None, "target": "<= 0", "met": tap.failed == 0, "n": tap.n}) + "\n")


def main():
    need_root()
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--jobs", type=int, default=1000)
    p.add_argument("--kills", type=int, default=50)
    p.add_argument("--seed", type=int, default=None)
    p.add_argument("--seconds", type=float, default=None)
    p.add_argument("--figures", metavar="FILE", help="write the verdict there, for the report of the benches")
    p.add_argument("--settle", type=float, default=300, help="time for the last job to end, in seconds")
    a = p.parse_args()
    enter_namespace()
    tap = Tap()
    seed = secrets.randbelow(10**9) if a.seed is None else a.seed
    storm(tap, [Plan(seed, a.jobs, a.kills, a.seconds or max(10, a.kills), FAULTS)], a.settle)
    if a.figures:
        figures(a.figures, tap, a, seed)
    tap.done()


if __name__ == "__main__":
    main()
