#!/usr/bin/python3
"""SIGKILL at the lines of the aggregate service's crash table, on leader and helper: the collection has each report once.
Needs the build with fault points (`make faults`).

usage: e2e_dap_kill.py [all]       all: at the points that every forked job has, too (make chaos-aggregate)
"""
import contextlib
import http.client
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ.setdefault("DR_BUILD", os.path.abspath(os.path.join(TOP, "build", "faults")))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "chaos")]
sys.dont_write_bytecode = True
from dap import Pair, Problem, Result  # noqa: E402
from harness import Node, Tap, until  # noqa: E402
from points import Points  # noqa: E402

N = 12
# where, which node, in which profile
STRIKES = (("batch.sent", "leader", "09"), ("batch.answered", "leader", "18"), ("batch.answered", "helper", "09"), ("agg.prepared", "helper", "09"),
           ("agg.sending", "leader", "18"), ("agg.answered", "leader", "09"), ("agg.shared", "leader", "18"), ("agg.sealed", "helper", "09"))
OF_ALL = (("fork.begun", "leader", "09"), ("fork.asked", "leader", "18"), ("fork.ran", "leader", "09"), ("fork.given", "leader", "18"),
          ("fork.begun", "helper", "18"), ("fork.asked", "helper", "09"), ("fork.ran", "helper", "18"), ("fork.given", "helper", "09"),
          ("turn.answered", "helper", "18"))


class FaultNode(Node):
    def up(self):
        os.makedirs(self.dir, exist_ok=True)
        self.points = Points(self.path("faults"))
        return super().up()

    def env(self):
        return {**super().env(), "DR_FAULT_DIR": self.points.path}

    def revive(self):
        """Whatever of it was struck is started again."""
        for part in ("workerd", "fcgi"):
            if self.procs[part].poll() is not None:
                self.start(part)


class Walk:
    def __init__(self, pair, task):
        self.pair, self.task = pair, task

    def until(self, fn, timeout=60):
        """Asked again as a client must: the node may be struck at any time."""
        def answer():
            for n in self.pair.nodes:
                n.revive()
            with contextlib.suppress(OSError, http.client.HTTPException):
                a = self.said(fn)
                return None if a is None else (a,)
        return until(answer, timeout, "an answer")[0]

    @staticmethod
    def said(fn):
        try:
            return fn()
        except Problem as p:
            if p.status >= 429:
                return None
            raise

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

    def collect(self):
        url = self.until(lambda: self.task.collect_begin(cid=b"k" * 16))
        return self.task.open(self.until(lambda: self.task.collect_poll(url)))


def strike(t, pair, point, role, profile):
    task = pair.task({"type": "Prio3Count"}, profile)
    n, w = getattr(pair, role), Walk(pair, task)
    task.configs()
    n.points.arm(point)
    for i in range(N):
        w.upload(i % 3 == 0)
    got = w.collect()
    struck = not n.points.disarm(point)
    t.is_((struck, got), (True, Result(N, N // 3)), "%s of the %s, %s: killed there, and each report is in the sum once" % (point, role, profile))


def main():
    t = Tap()
    with Pair("dap-kill", make=FaultNode) as pair:
        for point, role, profile in STRIKES + (OF_ALL if sys.argv[1:] == ["all"] else ()):
            with t.case("%s of the %s" % (point, role)):
                strike(t, pair, point, role, profile)
    t.done()


main()
