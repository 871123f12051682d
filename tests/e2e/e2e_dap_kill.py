#!/usr/bin/python3
"""SIGKILL at the lines of the aggregate service's crash table, on leader and helper, and a crash of the whole database while a job stands there:
the collection has each report once.  Needs the build with fault points (`make faults`).

usage: e2e_dap_kill.py [all]       all: at the points that every forked job has, too (make chaos-aggregate)
"""
import contextlib
import http.client
import os
import signal
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ.setdefault("DR_BUILD", os.path.abspath(os.path.join(TOP, "build", "faults")))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "chaos")]
sys.dont_write_bytecode = True
import agg_faults  # noqa: E402
from dap import Pair, Problem, Result, unless_later  # noqa: E402
from harness import Node, Tap, until  # noqa: E402
from points import Pointed  # noqa: E402

N = 12
# where, which node, in which profile
STRIKES = (("batch.sent", "leader", "09"), ("batch.answered", "leader", "18"), ("batch.answered", "helper", "09"), ("agg.prepared", "helper", "09"),
           ("agg.sending", "leader", "18"), ("agg.answered", "leader", "09"), ("agg.shared", "leader", "18"), ("agg.sealed", "helper", "09"))
OF_ALL = (("fork.begun", "leader", "09"), ("fork.asked", "leader", "18"), ("fork.ran", "leader", "09"), ("fork.given", "leader", "18"),
          ("fork.begun", "helper", "18"), ("fork.asked", "helper", "09"), ("fork.ran", "helper", "18"), ("fork.given", "helper", "09"),
          ("turn.answered", "helper", "18"))
# where a job stands still while the database of its node crashes and recovers: of an aggregation, and of a collection
CRASHES = (("agg.sending", "leader", "09"), ("agg.answered", "leader", "18"), ("agg.prepared", "helper", "09"),
           ("agg.shared", "leader", "18"), ("agg.sealed", "helper", "09"))


class FaultNode(Pointed, Node):
    def revive(self):
        """Whatever of it was struck is started again."""
        agg_faults.Hand.revive(self)


class Walk:
    def __init__(self, pair, task):
        self.pair, self.task = pair, task

    def until(self, fn, timeout=60):
        """Asked again as a client must: the node may be struck at any time."""
        def answer():
            for n in self.pair.nodes:
                n.revive()
            with contextlib.suppress(OSError, http.client.HTTPException):
                a = unless_later(fn)
                return None if a is None else (a,)
        return until(answer, timeout, "an answer")[0]

    def upload(self, measurement):
        task = self.task
        keys = self.until(task.configs)
        body = task.report(measurement, keys).bytes(task.profile)

        def put():
            a = task.put(body)
            if a.status != task.profile.upload_status or a.body:
                raise Problem("an upload", a)
            return a
        self.until(put)

    def begin(self):
        return self.until(lambda: self.task.collect_begin(cid=b"k" * 16))

    def end(self, url):
        return self.task.open(self.until(lambda: self.task.collect_poll(url)))


def strike(t, pair, point, role, profile):
    task = pair.task({"type": "Prio3Count"}, profile)
    n, w = getattr(pair, role), Walk(pair, task)
    task.configs()
    n.points.arm(point)
    for i in range(N):
        w.upload(i % 3 == 0)
    got = w.end(w.begin())
    struck = not n.points.disarm(point)
    t.is_((struck, got), (True, Result(N, N // 3)), "%s of the %s, %s: killed there, and each report is in the sum once" % (point, role, profile))


def crash(t, pair, point, role, profile):
    """The job stands still, its database ends as by a crash and recovers; then the job goes on with what it has in its hands."""
    task = pair.task({"type": "Prio3Count"}, profile)
    n, w = getattr(pair, role), Walk(pair, task)
    task.configs()
    before = len(n.points.struck())
    n.points.arm(point, action="stop")
    for i in range(N):
        w.upload(i % 3 == 0)
    url = w.begin()
    until(lambda: len(n.points.struck()) > before, 60, "a job at " + point)
    pid = int(n.points.struck()[-1][1])
    try:
        agg_faults.end(n, "pg")
        agg_faults.start(n, "pg")
    finally:
        os.kill(pid, signal.SIGCONT)
    t.is_(w.end(url), Result(N, N // 3), "%s of the %s, %s: the database crashed meanwhile, and each report is in the sum once" % (point, role, profile))


def main():
    t = Tap()
    with Pair("dap-kill", make=FaultNode) as pair:
        for point, role, profile in STRIKES + (OF_ALL if sys.argv[1:] == ["all"] else ()):
            with t.case("%s of the %s" % (point, role)):
                strike(t, pair, point, role, profile)
        for point, role, profile in CRASHES:
            with t.case("a crash at %s of the %s" % (point, role)):
                crash(t, pair, point, role, profile)
    t.done()


main()
