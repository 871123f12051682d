#!/usr/bin/python3
"""make check-dap: clients of the field. @divviup/prio3 from npm makes and prepares reports of each type beside our library, every message
compared; @divviup/dap uploads to our leader over loopback HTTP, our helper and leader aggregate, our collector prints the sums.
A development tool: it says so and skips where there is no npm or no registry.

usage: check_dap.py PROGRAM [CASES]      PROGRAM is tests/outside/dap/ours.c, built; CASES (200) of each type
"""
import collections
import json
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
from dap import Pair, b64u  # noqa: E402
from harness import Tap, need_root  # noqa: E402
import npm  # noqa: E402

SOURCE = os.path.join(HERE, "dap")
KINDS = ("count", "sum", "histogram", "sumvec")
EVERY = 8                       # prio3.mjs spoils one in so many
LENGTH = 2500
Upload = collections.namedtuple("Upload", "name ours theirs measurements want")


def node(folder, script, *argv, **more):
    return subprocess.run(["node", os.path.join(SOURCE, script), *argv], check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "NODE_PATH": os.path.join(folder, "node_modules")}, **more).stdout


def uploads():
    """What is uploaded of each type, and its sum."""
    draw = random.Random(9)
    bits = [draw.random() < 0.4 for _ in range(60)]
    values = [draw.randrange(2 ** 20) for _ in range(40)]
    buckets = [draw.randrange(100) for _ in range(40)]
    vectors = [[int(draw.random() < 0.3) for _ in range(LENGTH)] for _ in range(30)]
    found = collections.Counter(buckets)
    return (
        Upload("count", {"type": "Prio3Count"}, {"type": "count"}, bits, sum(bits)),
        Upload("sum", {"type": "Prio3Sum", "bits": 20}, {"type": "sum", "bits": 20}, values, sum(values)),
        Upload("histogram", {"type": "Prio3Histogram", "length": 100, "chunk_length": 10}, {"type": "histogram", "length": 100, "chunkLength": 10},
               buckets, [found[i] for i in range(100)]),
        Upload("sumVec", {"type": "Prio3SumVec", "length": LENGTH, "bits": 1, "chunk_length": 50},
               {"type": "sumVec", "length": LENGTH, "bits": 1, "chunkLength": 50}, vectors, [sum(c) for c in zip(*vectors)]),
    )


def same_numbers(t, ours, folder, cases):
    theirs = node(folder, "prio3.mjs", str(cases))
    out = subprocess.run([ours], input=theirs, stdout=subprocess.PIPE, text=True)
    if out.returncode not in (0, 1):
        raise RuntimeError("ours ended with %d" % out.returncode)
    found = {w[0]: tuple(map(int, w[1:])) for w in (line.split() for line in out.stdout.splitlines() if not line.startswith("#"))}
    for line in out.stdout.splitlines():
        if line.startswith("#"):
            t.diag(line[2:])
    for kind in KINDS:
        t.is_(found[kind], (cases, 0, cases // EVERY), "%s: %d reports and every message of theirs as @divviup/prio3 has them, spoiled ones refused" % (kind, cases))


def upload(t, pair, folder, u):
    task = pair.task(u.ours, min_batch_size=len(u.measurements))
    ask = {"task": {**u.theirs, "id": b64u(task.id), "leader": task.url(pair.leader), "helper": task.url(pair.helper),
                    "timePrecisionSeconds": task.precision}, "measurements": u.measurements}
    said = json.loads(node(folder, "upload.mjs", input=json.dumps(ask)))
    t.is_((said["sent"], said["failed"]), (len(u.measurements), []), "%s: @divviup/dap has uploaded %d" % (u.name, len(u.measurements)))
    for line, n in said["requests"].items():
        t.diag("%4d x %s" % (n, line.replace(b64u(task.id), "TASK")))
    got = task.collect_cli()
    t.is_((int(got["report_count"]), result(got["result"])), (len(u.measurements), u.want), "%s: our collector has the sum" % u.name)


def result(r):
    """Numbers, which may have been written as decimal strings."""
    return [int(x) for x in r] if isinstance(r, list) else int(r)


def problems(t, pair, folder):
    """What the package reads out of a refusal."""
    task = pair.task({"type": "Prio3Count"})
    ask = {"task": {"type": "count", "id": b64u(os.urandom(32)), "leader": task.url(pair.leader), "helper": task.url(pair.helper),
                    "timePrecisionSeconds": task.precision}, "measurements": [True]}
    said = json.loads(node(folder, "upload.mjs", input=json.dumps(ask)))
    t.is_([(f["word"], f["status"]) for f in said["failed"]], [("unrecognizedTask", 400)], "a task that nobody has: the package says unrecognizedTask")


def main():
    need_root()
    ours, cases = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    t = Tap()
    folder = npm.install(SOURCE)
    if folder is None:
        print("1..0 # SKIP NO CLIENT OF THE FIELD WAS TRIED: npm or its registry cannot be reached")
        return
    with t.case("the same numbers"):
        same_numbers(t, ours, folder, cases)
    with Pair("check-dap") as pair:
        for u in uploads():
            with t.case("uploads of " + u.name):
                upload(t, pair, folder, u)
        with t.case("refusals"):
            problems(t, pair, folder)
    t.done()


if __name__ == "__main__":
    main()
