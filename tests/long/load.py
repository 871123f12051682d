#!/usr/bin/python3
"""Hold a load: thousands of waiters, a thousand submits a second, and clients that do not behave.

    tests/long/load.py [--seconds N] [--waiters N] [--submits N] [--slow N] [--mix usual|wide]

A private node as an operator would set it up for one busy client (limits and descriptors raised) holds the load for N seconds
while a worker takes what it can; then the limits are as shipped and the refusals are read.  A line each ten seconds, a table at
the end, every second in run/bench/load.jsonl.  Exit status 0 when every promise was kept.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "bench")]
from harness import TOP, need_root  # noqa: E402
from longnode import POOL, LongNode, lift, more_files  # noqa: E402
from rude import Rude  # noqa: E402
from watch import Census, Series, Tables, Turns, Verdict, memory_verdict, parents, below, label, quantile  # noqa: E402

CONSUMERS = 16
READS, CANCELS = 0.2, 0.1       # of the rate of submits
TOLD_MS = 500                   # the end of a job reaches who waits for it within this
ANSWER_MS = 2000                # and every submit is answered: taken, or clearly refused
WAITER_KIB = 8                  # what a waiter costs, front and nginx together
SHIPPED = {"rate_submit": 20, "rate_submit_burst": 40, "rate_read": 100, "rate_read_burst": 200}
NGINX = {"workers": "2", "connections": "32768", "open_files": "65536", "conn_address": "32000", "rate_address": "1000000", "burst_address": "100000"}
DONE = {("submit", 202), ("read", 200), ("cancel", 200), ("wait", 200)}
LATER = {(429, "RATE_LIMITED"), (503, "BACKPRESSURE"), (503, "QUEUE_FULL")}     # clear refusals: come again


class Load:
    def __init__(self, node, seconds, waiters, submits, slow, mix):
        self.node, self.seconds, self.waiters, self.submits, self.slow, self.mix = node, seconds, waiters, submits, slow, mix
        self.series = Series("load", "Load held", "%d waiters, %g submits a second and clients that do not behave, for %d s." % (waiters, submits, seconds))
        lift(node)
        self.make_clients()
        self.generator = node.path("loadgen")
        node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(TOP, "tests/long/loadgen.c"), "-o", self.generator, "-lm"])

    def make_clients(self):
        n = self.node
        owner = n.principal("owner", ["owner"])
        owner.asset("data_456", b"a,b\n1,2\n")
        lines = []
        for i in range(CONSUMERS):
            c = n.principal("consumer%d" % i, ["consumer"])
            token = c.must("POST", "/api/v1/tokens", {"name": "load", "scopes": ["job:submit", "job:read", "job:cancel"], "expires_in_s": 86400})["token"]
            lines.append("%s %s\n" % (token, owner.grant(c, ["data_456"])))
        for name, keys in (("all_clients", lines), ("one_client", lines[:1])):
            with open(n.path(name), "w") as f:
                f.writelines(keys)
        self.token = token

    def generate(self, seconds, submits, waiters, reads=READS, cancels=CANCELS, keys="all_clients", mix=None):
        """Lines of the generator as they come."""
        argv = [self.generator, str(self.node.port), self.node.host, self.node.path(keys)]
        argv += ["%g" % x for x in (seconds, submits, submits * reads, submits * cancels)] + [str(waiters), mix or self.mix]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as p:
            for line in p.stdout:
                yield json.loads(line)
        if p.returncode:
            raise RuntimeError("loadgen: exit %d" % p.returncode)

    def daemons(self):
        """pids by name: none may be replaced under load"""
        roots = [p.pid for p in self.node.procs.values()]
        out = collections.defaultdict(set)
        for pid in below(roots, parents()):
            if label(pid) in ("darkroom-fcgi", "nginx", "darkroom-workerd", "darkroom-runner"):
                out[label(pid)].add(pid)
        return out

    # ---- the load ------------------------------------------------------------
    def hold(self):
        self.takers = [Census(self.node, self.series), Tables(self.node, self.series), Turns(self.node, self.series)]
        self.census, self.tables, self.turns = self.takers
        self.began_with = self.daemons()
        self.rude = Rude(self.node, self.token, self.slow)
        beside = threading.Thread(target=self.rude.run, args=(self.seconds,), daemon=True)
        beside.start()
        self.most_waiting, next_line = 0, 10
        for line in self.generate(self.seconds, self.submits, self.waiters):
            if "final" in line:
                self.final = line["final"]
                break
            self.second(line)
            if line["t"] >= next_line:
                next_line += 10
                self.tell(line)
        beside.join(120)
        self.ended_with = self.daemons()
        self.tables.close()
        self.turns.close()

    def second(self, line):
        self.most_waiting = max(self.most_waiting, line["waiting"])
        for taker in self.takers:
            taker.take()
        self.series.add("clients", "waiting", line["waiting"], "requests")
        self.series.add("clients", "late", line["late"], "calls")
        for op, f in line["ops"].items():
            self.series.add(op, "calls", f["n"], "1/s")
            self.series.add(op, "p50 of a call", f["p50"], "ms")
            self.series.add(op, "p99 of a call", f["p99"], "ms")

    def tell(self, line):
        ops, last = line["ops"], self.series.last
        print("%4d s  %5d waiting  %4d submits/s taken p99 %6.1f ms, %4d refused p99 %6.1f  %d reads p99 %6.1f  %d told p99 %6.1f  late %d  fcgi %.1f MiB %d files  ready %.0f MiB"
              % (line["t"], line["waiting"], ops["taken"]["n"], ops["taken"]["p99"], ops["refused"]["n"], ops["refused"]["p99"], ops["read"]["n"], ops["read"]["p99"],
                 ops["told"]["n"], ops["told"]["p99"], line["late"], last("darkroom-fcgi", "memory"), last("darkroom-fcgi", "descriptors"),
                 sum(last("core.ready_%d" % i, m) for i in (0, 1) for m in ("table", "indexes"))), flush=True)

    def refusals(self):
        """One client under the limits as shipped, then with a full queue: {(op, status, code): n} of each."""
        def answers(seconds):
            final = [x for x in self.generate(seconds, 200, 0, cancels=0, keys="one_client", mix="usual")][-1]["final"]
            return {(a["op"], a["status"], a["code"]): a["n"] for a in final["answers"]}
        lift(self.node, **SHIPPED)
        limited = answers(2)
        lift(self.node, queue_max=1)
        full = answers(2)
        lift(self.node)
        return limited, full

    # ---- what was promised ---------------------------------------------------
    def verdict(self):
        v, ops = Verdict(), self.final["ops"]
        limited, full = self.refusals()
        other = {(a["op"], a["status"], a["code"]): a["n"] for a in self.final["answers"] if (a["op"], a["status"]) not in DONE}
        v.is_("answers that are neither success nor a clear refusal", {k: n for k, n in other.items() if k[1:] not in LATER}, {})
        taken = sum(a["n"] for a in self.final["answers"] if (a["op"], a["status"]) == ("submit", 202))
        taken += limited.get(("submit", 202, ""), 0) + full.get(("submit", 202, ""), 0)
        v.is_("accepted submits that left no computation", max(0, taken - int(self.node.psql("SELECT count(*) FROM core.computation"))), 0)
        v.is_("operations that never happened", [op for op, f in ops.items() if f["n"] == 0 and op != "refused"], [])
        v.is_("waiters not told of an end 5 s later", self.final["untold"], 0)
        v.is_("misbehaviour answered otherwise than it should", self.rude.wrong[:5], [])
        for name, pids in sorted(self.began_with.items()):
            v.is_("%s: processes that ended" % name, len(pids - self.ended_with[name]), 0)
        for part in ("fcgi", "workerd"):
            v.is_("%s: log lines of level error" % part, [x for x in self.node.log(part).splitlines() if '"level":"error"' in x][:3], [])
        v.is_("nginx: worker processes that died", self.node.log("nginx").count("exited on signal"), 0)
        v.is_("limits as shipped: statuses", sorted({k[1] for k in limited if k[0] == "submit"}), [202, 429])
        v.is_("limits as shipped: the refusal", sorted({k[2] for k in limited if k[0] == "submit" and k[1] >= 400}), ["RATE_LIMITED"])
        v.is_("a full queue: the refusal", ("submit", 503, "QUEUE_FULL") in full, True)
        self.verdict_measured(v, ops)
        self.series.close(v)
        return v

    def verdict_measured(self, v, ops):
        v.at_most("waiters that never waited all at once", self.waiters - self.most_waiting, self.waiters // 100)
        v.at_most("calls that found no connection at the end", self.series.last("clients", "late"), self.submits)
        for op, f in ops.items():
            v.told("%s: a second" % op, f["n"] / self.seconds, "1/s")
            for name, key in (("p50", "p50"), ("p99", "p99"), ("p99.9", "p999"), ("most", "max")):
                v.told("%s: %s" % (op, name), f[key], "ms")
        v.told("submits that were refused", ops["refused"]["n"] / max(1, ops["submit"]["n"]))
        v.at_most("the slowest answer to a submit", ops["submit"]["max"], ANSWER_MS, "ms")
        v.at_most("p99 from a cancel to its waiter's answer", ops["told"]["p99"], TOLD_MS, "ms")
        half = self.seconds / 2
        early, late = ([ms for t, ms in self.turns.ms if (t >= half) == second] for second in (False, True))
        v.at_most("p99 of a worker's turn, second half over first", quantile(late, 0.99) / max(1e-3, quantile(early, 0.99)), 1.5)
        each = 0
        for name in ("darkroom-fcgi", "nginx"):
            grown = [points[-1][1] - points[0][1] for (seen, _), points in self.census.seen.items() if seen == name]
            each += sum(grown) / 1024 / max(1, self.most_waiting)
            v.told("%s: memory for a waiter" % name, sum(grown) / 1024 / max(1, self.most_waiting), "KiB")
            v.told("%s: descriptors of a process, most" % name, max(x for _, x in self.series.points[name, "descriptors"]))
        v.at_most("memory for a waiter, front and nginx", each, WAITER_KIB, "KiB")
        memory_verdict(v, self.census, self.seconds / 2)


def run(seconds, waiters, submits, slow, mix="usual"):
    """-> (verdict, what the rude clients met)"""
    files = more_files()
    if waiters * 2 + 2000 > files * 2:
        raise SystemExit("%d descriptors are not enough for %d waiters" % (files, waiters))
    conf = {**POOL, "processes": 2, "max_in_flight": 100000}
    with LongNode("load", conf=conf, nginx=NGINX, fsync=True, shared_buffers="1GB") as node:
        load = Load(node, seconds, waiters, submits, slow, mix)
        load.hold()
        return load.verdict(), load.rude.report()


def main():
    need_root()
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--seconds", type=int, default=600)
    p.add_argument("--waiters", type=int, default=10000)
    p.add_argument("--submits", type=float, default=1000, help="a second")
    p.add_argument("--slow", type=int, default=100, help="slow headers, and as many slow bodies")
    p.add_argument("--mix", choices=("usual", "wide"), default="usual", help="lengths of the scripts: 4 KiB on average, or 151 KiB")
    a = p.parse_args()
    verdict, rude = run(a.seconds, a.waiters, a.submits, a.slow, a.mix)
    print("clients that do not behave:\n" + rude)
    print(verdict.table())
    return 0 if verdict.kept else 1


if __name__ == "__main__":
    sys.exit(main())
