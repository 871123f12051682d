#!/usr/bin/python3
"""Two nodes, both profiles, every type: uploaded, aggregated, collected; what a client, a collector and a peer may do wrong; markers."""
import collections
import concurrent.futures
import contextlib
import os
import re
import socket
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from dap import CLI, Pair, Problem, Result, b64u, request  # noqa: E402
from harness import Tap  # noqa: E402

N = 24                          # reports of a task: more than a job's least
# of each profile: a task's vdaf, what is uploaded, and the sum of it
TYPES = {
    "09": (({"type": "Prio3Sum", "bits": 16}, [i * 911 for i in range(N)]),
           ({"type": "Prio3Histogram", "length": 7}, [i % 5 for i in range(N)]),
           ({"type": "Prio3SumVec", "length": 11, "bits": 3, "chunk_length": 4}, [[(i * j) % 8 for j in range(11)] for i in range(N)])),
    "18": (({"type": "Prio3Sum", "max": 50000}, [i * 911 for i in range(N)]),
           ({"type": "Prio3Histogram", "length": 7}, [i % 5 for i in range(N)]),
           ({"type": "Prio3SumVec", "length": 11, "max": 6, "chunk_length": 4}, [[(i * j) % 7 for j in range(11)] for i in range(N)]),
           ({"type": "Prio3MultihotCountVec", "length": 9, "max_weight": 3}, [[int((i + j) % 9 < 3) for j in range(9)] for i in range(N)])),
}


def total(vdaf, measurements):
    if vdaf["type"] == "Prio3Histogram":
        found = collections.Counter(measurements)
        return [found[i] for i in range(vdaf["length"])]
    return [sum(c) for c in zip(*measurements)] if isinstance(measurements[0], list) else sum(measurements)


def numbers(r):
    return [int(x) for x in r] if isinstance(r, list) else int(r)


class Case:
    def __init__(self, t, pair, profile):
        self.t, self.pair, self.profile, self.tasks = t, pair, profile, []

    def task(self, vdaf=None, **more):
        task = self.pair.task(vdaf or {"type": "Prio3Count"}, self.profile, **more)
        self.tasks.append(task)
        return task

    def is_(self, got, want, what):
        return self.t.is_(got, want, "%s: %s" % (self.profile, what))

    def refused(self, fn, word, what):
        try:
            fn()
        except Problem as p:
            return self.is_((p.status, p.word), (400, word), what)
        return self.is_("taken", word, what)

    def late(self, task, when, words, what):
        """An upload that is refused: by status in 09, in the body in 18."""
        r = task.report(True, when=when)
        a = task.put(r.bytes(task.profile))
        if self.profile == "09":
            self.is_((a.status, Problem(what, a).word), (400, words[0]), what)
        else:
            self.is_((a.status, a.body[:16], a.body[16:]), (200, r.id, bytes([words[1]])), what)

    # ---- a batch's way -------------------------------------------------------------
    def way(self):
        task = self.task()
        a = request(task.url(task.leader) + "hpke_config" + ("?task_id=" + b64u(task.id) if self.profile == "09" else ""), "GET")
        self.is_((a.status, a.media), (200, task.profile.media % "hpke-config-list"), "keys")
        self.is_("max-age=" in a.headers.get("cache-control", ""), True, "which may be kept for a while")
        measured = [i % 3 == 0 for i in range(N)]
        made = task.upload(measured)
        again = task.put(made[0].bytes(task.profile))
        self.is_((again.status, again.body), (task.profile.upload_status, b""), "the same report again is taken, and changes nothing")
        url = task.collect_begin(cid=b"c" * 16)
        body = task.leader.wait(lambda: task.collect_poll(url), 60, "the collection")
        self.is_(task.open(body), Result(N, sum(measured)), "the sum")
        self.is_(task.collect_poll(url), body, "asked again: the same bytes")
        self.is_(task.collect_begin(cid=b"c" * 16), url, "asked for again under its id: the same collection")
        if self.profile == "09":
            self.refused(lambda: task.collect_begin(cid=b"d" * 16), "batchQueriedTooManyTimes", "the same query under another id")
        self.refused(lambda: task.collect(task.query(task.now - task.precision, 2 * task.precision)), "batchOverlap", "an interval that overlaps")
        self.late(task, None, ("reportRejected", 1), "an upload into a collected batch")
        self.late(task, task.now + 2 * task.precision, ("reportTooEarly", 9), "a clock an hour off")
        self.is_(task.put(b"").status in (200, 400), True, "an empty upload")
        self.refused_upload(task)

    def refused_upload(self, task):
        r = task.report(True, when=task.now - task.precision)
        body = r.bytes(task.profile)
        stranger = task.put(body, task=os.urandom(32))
        self.is_((stranger.status, Problem("", stranger).word), (400, "unrecognizedTask"), "a task that nobody has")
        cut = task.put(body[:-1])
        self.is_((cut.status, Problem("", cut).word), (400, "invalidMessage"), "a report that is cut")
        self.is_(task.put(body, media="application/dap-report;x=1").status, 415, "another media type")

    def swapped(self):
        task = self.task(leader=self.pair.helper)
        task.upload([True] * N)
        self.is_(task.collect(), Result(N, N), "the helper of one task leads in another")

    def small(self):
        task = self.task(min_batch_size=N)
        task.upload([True] * 12)
        url = task.collect_begin()
        self.is_(task.collect_poll(url), None, "a batch below its minimum: not yet")
        task.upload([True] * 12)
        body = task.leader.wait(lambda: task.collect_poll(url), 90, "the collection")
        self.is_(task.open(body), Result(N, N), "and when it is large enough, the sum")

    def sized(self):
        """Batches by size: each report is in one of them, and each batch is printed once, however the command says "the next"."""
        task = self.task(batch={"mode": "fixed_size", "max_batch_size": N // 2}, min_batch_size=N // 2)
        measured = [i == 0 for i in range(N)]
        task.upload(measured)
        if self.profile == "18":
            kept = [task.collect_cli("current", "--keep") for _ in range(2)]
            self.is_(kept[0], kept[1], "one that is kept comes again")
            with open("/dev/full", "w") as full:
                self.is_(subprocess.run([CLI, "dap", "collect", "--task", task.file("collector"), "--query", "current"], stdout=full, stderr=subprocess.DEVNULL,
                                        timeout=120).returncode, 111, "so does one that could not be written")
        got = [task.collect_cli("current") for _ in range(2)]
        if self.profile == "18":
            self.is_(got[0], kept[0], "the same batch, until it was")
        self.is_([int(g["report_count"]) for g in got], [N // 2] * 2, "two batches of a fixed size")
        self.is_(sum(int(g["result"]) for g in got), sum(measured), "with every report in one of them")

    def types(self):
        def play(what):
            vdaf, measured = what
            task = self.task(vdaf)
            task.upload_cli(measured)
            first = task.collect_cli()
            if vdaf["type"] == "Prio3Count":
                self.is_(task.collect_cli(), first, "the same query again gives the same result, whoever lost the first one")
            return first
        with concurrent.futures.ThreadPoolExecutor(len(TYPES[self.profile])) as pool:
            for (vdaf, measured), got in zip(TYPES[self.profile], pool.map(play, TYPES[self.profile])):
                self.is_((int(got["report_count"]), numbers(got["result"])), (N, total(vdaf, measured)), "%s by the darkroom command" % vdaf["type"])

    def mute(self):
        """A helper that never answers holds up nobody else."""
        with socket.create_server(("127.0.0.1", 0)) as s:
            task = self.task()
            lost = self.task()
            n = task.leader
            n.psql("UPDATE core.agg_task SET spec = jsonb_set(spec, '{helper_url}', '\"http://127.0.0.1:%d/dap/%s/\"') WHERE task_id = decode('%s', 'hex')"
                   % (s.getsockname()[1], self.profile, lost.id.hex()))
            lost.upload([True] * N)
            url = lost.collect_begin()
            task.upload([True] * N)
            self.is_(task.collect(), Result(N, N), "beside a helper that never answers")
            self.is_(lost.collect_poll(url), None, "whose collection waits")


def canary(t, pair, cases):
    """Markers of all tasks as text and as bytes: nowhere in clear, on either node."""
    tasks = [x for c in cases for x in c.tasks]
    text = os.path.join(pair.dir, "markers")
    with open(text, "w") as f:
        for x in tasks:
            f.writelines(w + "\n" for w in (x.leader_token, x.collector_token, b64u(x.verify_key), x.verify_key.hex()))
    keys = re.compile(b"|".join(re.escape(x.verify_key) for x in tasks))
    for n in pair.nodes:
        n.psql("CHECKPOINT")
        found = subprocess.run(["grep", "-rlaF", "-f", text, n.dir], capture_output=True, text=True).stdout.split()
        for top, _, files in os.walk(n.dir):
            for path in (os.path.join(top, name) for name in files):
                with contextlib.suppress(OSError), open(path, "rb") as f:
                    found += [path] if keys.search(f.read()) else []
        t.is_(found, [], "%s: no verify key and no token in clear: database, WAL, logs, spools, blobs" % n.name)


def main():
    t = Tap()
    began = time.monotonic()
    with Pair("dap") as pair:
        cases = [Case(t, pair, p) for p in ("09", "18")]
        for c in cases:
            for story in (c.way, c.swapped, c.small, c.sized, c.types, c.mute):
                with t.case("%s: %s" % (c.profile, story.__name__)):
                    story()
                    t.diag("%s %s: at %.1f s" % (c.profile, story.__name__, time.monotonic() - began))
        with t.case("markers"):
            canary(t, pair, cases)
    t.done()


main()
