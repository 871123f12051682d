"""Aggregation jobs alone: CPU time a report and memory of leader and helper, each in a fork of darkroom-agg, with HPKE, JSON and HTTP, without
a database.  What the mathematics cost of it is in vdaf; the whole of a node in aggregate.  And what one runner keeps of many jobs: a thousand
of them, or DR_BENCH_AGG_JOBS=100000 (and DR_BENCH_SECONDS=3600) for that alone.
"""
import json
import os
import struct
import subprocess
import tempfile

import yardstick
from aggrunner import NOW, Runner, World, b64u, serve, unb64, words, write
from bench import about, emit, median, point, within
from dap import Clients

NAME, ROUNDS = "aggrunner", within(9, 2)
ASKED_JOBS = int(os.environ.get("DR_BENCH_AGG_JOBS") or 0)
SEGMENT = "00000000-0000-7000-8000-000000000001"
CASES = (  # what, reports of a job, baselines of leader and helper, target
    ("SumVec 2500 x 1, chunk 50", {"type": "Prio3SumVec", "length": 2500, "bits": 1, "chunk_length": 50}, 100, "per_s >= 6000",
     ("libprio-rs 08 prepare leader", "libprio-rs 08 prepare helper")),
    ("Count", {"type": "Prio3Count"}, 1000, "per_s >= 18000", (None, None)),
    ("Histogram 100, chunk 10", {"type": "Prio3Histogram", "length": 100, "chunk_length": 10}, 1000, "per_s >= 12000", (None, None)),
)


def reports_of(clients, folder, w, n):
    """-> the bytes of a segment with n reports, and its rows"""
    path = os.path.join(folder, "task.json")
    with open(path, "w") as f:
        json.dump({**w.both, "role": "leader"}, f)
    out = subprocess.run([clients.program, path, *(c.bytes().hex() for c in w.configs), str(NOW), str(n)], capture_output=True, check=True).stdout
    found, at = [], 0
    while at < len(out):
        size, = struct.unpack_from(">I", out, at)
        found.append(out[at + 4:at + 4 + size])
        at += 4 + size
    rows, at = [], 0
    for r in sorted(found):
        rows.append({"id": b64u(r[:16]), "time": 0, "segment": SEGMENT, "offset": at, "length": len(r)})
        at += len(r)
    return b"".join(sorted(found)), rows


def case(clients, folder, what, vdaf, n, target, baselines):
    server = serve()
    w = World("09", server, vdaf)
    segment, rows = reports_of(clients, folder, w, n)
    us, most = {"leader": [], "helper": []}, {"leader": 0, "helper": 0}

    def note(who, outcome):
        if set(words(outcome).values()) != {"accepted"}:
            raise RuntimeError("%s of %s: %s" % (who, what, set(words(outcome).values())))
        us[who].append(outcome["usage"]["cpu_ms"] * 1000 / n)
        most[who] = max(most[who], outcome["usage"]["memory_peak_bytes"] / (1 << 20))

    with Runner() as leader, Runner() as helper:
        def say(_method, _path, body):
            out = w.prepare(helper, body)
            note("helper", out)
            return 201, w.p.media % "aggregation-job-resp", unb64(write(out, "agg_commit")["response_b64"]), {}
        server.say = say
        for _ in range(ROUNDS):
            note("leader", w.lead(leader, rows, {SEGMENT: segment}))
    server.shutdown()
    yard = yardstick.x25519_us()
    for who, baseline in zip(("leader", "helper"), baselines):
        yardstick.row(NAME, "a job's %s, everything" % who, "%s, jobs of %d" % (what, n), us=us[who], yard=yard, baseline=baseline, target=target)
        emit(NAME, "memory of a job's %s, %s, %d reports" % (who, what, n), most[who], "MiB", n=len(us[who]), target="<= 64" if n == 100 else None)
    return median(us["leader"])


def kept(pid):
    """-> what a process has now: KiB resident, its share of them, open descriptors"""
    with open("/proc/%d/smaps_rollup" % pid) as f:
        kib = {k: int(v.split()[0]) for k, _, v in (line.partition(":") for line in f.readlines()[1:])}
    return {"resident": kib["Rss"], "its share": kib["Pss"], "descriptors": len(os.listdir("/proc/%d/fd" % pid))}


def growth(n):
    """One runner, jobs of two reports, a helper's, and each tenth a leader's, whose helper says what it said the first time."""
    server = serve()
    w, answer, seen = World("09", server), [], {}
    reports = [w.report(bit) for bit in (0, 1)]

    def say(_method, _path, body):
        if not answer:
            with Runner() as helper:
                answer.append(unb64(write(w.prepare(helper, body), "agg_commit")["response_b64"]))
            server.body = body
        return 201, w.p.media % "aggregation-job-resp", answer[0], {}

    server.say = say
    try:
        with Runner() as runner:
            for i in range(1, n + 1):
                outcome = w.aggregate(runner, reports) if i % 10 == 1 else w.prepare(runner, server.body)
                if set(words(outcome).values()) != {"accepted"}:
                    raise RuntimeError("job %d: %s" % (i, outcome))
                w.sent.clear()
                server.seen.clear()
                if i in (1, n) or i % max(n // 100, 1) == 0 or str(i).rstrip("0") == "1":
                    seen[i] = kept(runner.child.pid)
                    for what, value in seen[i].items():
                        point("a runner's %s after jobs" % what, value, "" if what == "descriptors" else "KiB", t=i)
    finally:            # also when the time was over
        server.shutdown()
        if seen:
            grown(seen)


def grown(seen):
    """seen: what a runner had after so many jobs"""
    last = max(seen)
    for i in sorted(i for i in seen if i == last or str(i).rstrip("0") == "1"):
        emit(NAME, "a runner after %d jobs: resident" % i, seen[i]["resident"], "KiB", n=i, share_kib=seen[i]["its share"], descriptors=seen[i]["descriptors"])
    for what, unit in (("resident", "KiB"), ("descriptors", "")):
        emit(NAME, "a runner: growth, %s, from job 1 to %d" % (what, last), seen[last][what] - seen[1][what], unit, n=last, target="<= 0")


def run():
    if ASKED_JOBS:
        about("What a runner keeps of its jobs", "Resident memory and open descriptors of one darkroom-agg over jobs of two reports.", jobs=ASKED_JOBS)
        growth(ASKED_JOBS)
        return
    about("Aggregation jobs alone", "CPU time of the process of one job, from its frame to its outcome; a helper's answer comes over HTTP. Targets are those of preparation "
          "with HPKE; baselines are preparation without it.", rounds=ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        clients = Clients(folder)
        for c in CASES:
            case(clients, folder, *c)
    growth(within(1000, 200))
