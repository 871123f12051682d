#!/usr/bin/python3
"""SIGKILLs on both nodes amid uploads and collections: every accepted report is in its sum exactly once, and none is stuck.

usage: aggregate_storm.py [KILLS [SEED [REPORTS]]]      (200, 1, 1000)

Two nodes of real parts, 20 tasks of both profiles, of which each node leads a half. REPORTS of each task are uploaded, a tenth of them twice, a
hundredth with a ciphertext that the helper, or the leader, cannot open. What is killed is drawn: a front, a worker, a runner
or the fork of a job in it, a connection of the database, on either node. Clients and collectors ask again until they are answered, as all must.
Then the audit: each collection has the count and the sum of the reports that are good; both nodes have the same count and checksum; no
fork, no folder in the spool, no temporary blob is left.
"""
import collections
import concurrent.futures
import contextlib
import http.client
import os
import random
import signal
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
import dapwire  # noqa: E402
from dap import Clients, Pair, Problem, Result  # noqa: E402
from harness import Tap, need_root  # noqa: E402

TASKS = 20
CLIENTS = 4
VICTIMS = ("fork", "fork", "runner", "worker", "fcgi", "backend")
PATIENCE_S = 300
RUNNER = "darkroom-agg"


def until(fn, stop):
    """Ask again what was not answered: the node is away, or says that it has no room."""
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            a = fn()
            if a is not None and not (isinstance(a, tuple) and a[0] in (429, 500, 502, 503)):
                return a
        if stop.wait(0.05):
            raise TimeoutError("the storm ended first")


def spoil(p, body, whose):
    """The last bit of a ciphertext is another: the leader's (0) or the helper's."""
    r = dapwire.Reader(body)
    r.take(24 + (2 if p.name == "18" else 0))
    r.v(4)
    dapwire.Ciphertext.read(r)
    at = (r.at if whose == 0 else len(body)) - 1
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]


class Track:
    """One task: what its clients send and what its collector must find."""

    def __init__(self, task, made, draw):
        self.task, self.bodies, self.good, ids, total = task, [], 0, [], 0
        for i, body in enumerate(made):
            if i % 100 == 7:
                body = spoil(task.profile, body, draw.randrange(2))
            else:
                self.good += 1
                ids.append(body[:16])
                total += i % 2
            self.bodies += [body] * (2 if draw.random() < 0.1 else 1)
        draw.shuffle(self.bodies)
        self.want, self.checksum = Result(self.good, total), dapwire.checksum(ids).hex()
        self.got = self.refused = None

    def play(self, stop):
        task = self.task
        for body in self.bodies:
            a = until(lambda: task.put(body), stop)
            if a.status != task.profile.upload_status or a.body:
                raise Problem("an upload", a)
        try:
            url = until(lambda: self.ask(lambda: task.collect_begin(cid=task.id[:16])), stop)
            body = until(lambda: self.ask(lambda: task.collect_poll(url)), stop)
            self.got = task.open(body)
        except Problem as p:
            self.refused = p

    @staticmethod
    def ask(fn):
        try:
            return fn()
        except Problem as p:
            if p.status >= 429:
                return None
            raise


class Storm:
    def __init__(self, pair, seed, reports):
        self.clients = Clients(pair.dir)
        self.pair, self.random, self.hit = pair, random.Random(seed), collections.Counter()
        self.stop, self.reports, self.tracks = threading.Event(), reports, []

    def more(self):
        """Another twenty tasks, before anything of them is under way."""
        tasks = [self.pair.task({"type": "Prio3Count"}, ("09", "18")[i % 2], leader=self.pair.nodes[i // 2 % 2]) for i in range(TASKS)]
        made = [Track(task, self.clients.make(task, self.reports), self.random) for task in tasks]
        self.tracks += made
        return made

    def victims(self, n, what):
        if what in ("worker", "fcgi"):
            return [n.pid("workerd" if what == "worker" else what)]
        if what == "backend":
            return [int(p) for p, in n.rows("SELECT pid FROM pg_stat_activity WHERE usename IN ('darkroom_worker', 'darkroom_fcgi') AND pid <> pg_backend_pid()")]
        runners = n.of_workers(RUNNER)
        return runners if what == "runner" else [p for p in n.of_workers(RUNNER, below=True) if p not in runners]

    def strike(self):
        n, what = self.random.choice(self.pair.nodes), self.random.choice(VICTIMS)
        pids = self.victims(n, what)
        if not pids:
            return
        with contextlib.suppress(ProcessLookupError):
            if what == "backend":
                n.psql("SELECT pg_terminate_backend(%d)" % self.random.choice(pids))
            else:
                os.kill(self.random.choice(pids), signal.SIGKILL)
            self.hit[(n.name, what)] += 1
        part = {"worker": "workerd", "fcgi": "fcgi"}.get(what)
        if part:
            n.wait(lambda: n.procs[part].poll() is not None, 10, "the end of " + part)
            n.start(part)

    def blow(self, kills, pool):
        """As many kills as were asked for, and work for each: twenty collections, and twenty more when those are done."""
        work = []
        while sum(self.hit.values()) < kills:
            if all(w.done() for w in work):
                work += [pool.submit(x.play, self.stop) for x in self.more()]
            time.sleep(self.random.uniform(0.02, 0.5))      # pause: the moment of the next kill is drawn
            self.strike()
            if sum(self.hit.values()) % 20 == 0:
                print("# %d kills, %d of %d collections" % (sum(self.hit.values()), sum(t.got is not None for t in self.tracks), len(self.tracks)), flush=True)
        return work


def helpers(task):
    """Count and checksum of what the helper has given to the collector."""
    return task.helper.rows("SELECT s.count, core.bits256_hex(s.checksum) FROM core.agg_served s JOIN core.agg_task t USING (task_no) "
                            "WHERE s.state = 'done' AND t.task_id = decode('%s', 'hex')" % task.id.hex())


def audit(t, s):
    t.is_([str(x.refused) for x in s.tracks if x.refused], [], "no collection was refused")
    t.is_(sum(x.got is None and x.refused is None for x in s.tracks), 0, "none is stuck")
    wrong = [(x.task.profile.name, x.got, x.want) for x in s.tracks if x.got and x.got != x.want]
    t.is_(wrong, [], "every good report is in its sum, exactly once: %d reports in %d collections" % (sum(x.good for x in s.tracks), len(s.tracks)))
    bad = [(x.task.profile.name, got) for x in s.tracks for got in [helpers(x.task)] if got != [(str(x.good), x.checksum)]]
    t.is_(bad, [], "and the helper has the same count and the same checksum: that of the ids of the good ones")
    for n in s.pair.nodes:
        n.psql("CHECKPOINT")
        n.wait(lambda: len(n.of_workers(RUNNER, below=True)) <= 2 * len(n.of_workers(RUNNER)), 20, "no process but runners and the forks that wait in them")
        t.is_([f for f in os.listdir(n.path("spool")) if len(f) == 36], [], "%s: no folder in the spool" % n.name)
        t.is_(os.listdir(n.path("blobs", "tmp")), [], "%s: no temporary blob" % n.name)
        ended = collections.Counter(tuple(r) for r in n.rows("SELECT d.state, coalesce(d.reason, '') FROM core.done d JOIN core.kind k ON k.id = d.kind "
                                                             "WHERE k.service = 'aggregate' AND d.state <> 'completed'"))
        given_up = ended.pop(("dead", "QUARANTINED"), 0)
        t.is_(ended, {}, "%s: no job has ended badly, but for %d whose worker was killed under them three times: others took over" % (n.name, given_up))


def main():
    need_root()
    kills, seed, reports = (int(x) for x in (sys.argv[1:] + ["200", "1", "1000"][len(sys.argv) - 1:]))
    t = Tap()
    with Pair("agg-storm") as pair, concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        s, work, began = Storm(pair, seed, reports), [], time.monotonic()
        try:
            work = s.blow(kills, pool)
            blown = time.monotonic()
            concurrent.futures.wait(work, PATIENCE_S)
        finally:
            s.stop.set()
        for w in work:
            with contextlib.suppress(TimeoutError):
                w.result()
        print("# %d kills in %.0f s, %d uploads, the last collection %.0f s later; %s" % (
            kills, blown - began, sum(len(x.bodies) for x in s.tracks), time.monotonic() - blown,
            dict(("%s %s" % k, v) for k, v in sorted(s.hit.items()))))
        with t.case("the audit"):
            audit(t, s)
    t.done()


if __name__ == "__main__":
    main()
