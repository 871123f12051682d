#!/usr/bin/python3
"""Two organisations learn sums and nothing else, on one machine: batch files first, then a service that runs all the time.

usage: demo_aggregate.py [FOLDER]     where files and the picture are saved (run/aggregate)

Part 1 needs no node: keys, 1,000 telemetry pings in both forms, some malformed, some sent twice; partitions; the runs of both servers over
folders; the totals from both sides; and the same once more with one share that nobody can open.
Part 2: two private nodes, a task on both, uploads by our client, a collection by our collector.
Everything a person would type is shown as it is typed.
"""
import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "bench")]
import demo as base  # noqa: E402
import pings  # noqa: E402
import plot  # noqa: E402
from dap import CLI, Pair  # noqa: E402
from demo import BOLD, DIM, OFF, step  # noqa: E402

DATE = "2024-05-31"
SERVERS = (("a", "A"), ("b", "B"))
P = (1 << 87) + (1 << 19) + 1       # the field of prio1
LINES, DUPLICATES, MALFORMED = 1000, 20, 20


def msgpack_numbers(data):
    """The array of a total share: strings of big-endian bytes."""
    head, at = data[0], 1
    n = head & 15 if head >> 4 == 9 else int.from_bytes(data[1:3], "big")
    at += 2 if head == 0xdc else 0
    out = []
    for _ in range(n):
        size = data[at] & 31
        out.append(int.from_bytes(data[at + 1:at + 1 + size], "big"))
        at += 1 + size
    return out


def first(folder, suffix=""):
    """The one data file of a folder, parsed as JSON."""
    name, = (f for f in sorted(os.listdir(folder)) if f[0] not in "._" and f.endswith(suffix))
    with open(os.path.join(folder, name)) as f:
        return json.loads(f.read())


# ---- the picture ------------------------------------------------------------------
def picture(path, labels, shares, totals, people):
    """What A holds, what B holds, what both publish: bars on one scale each."""
    with open(os.path.join(TOP, "tests", "bench", "report.css")) as f:
        style = "<style>%s</style>" % f.read()
    panels = [("what server A holds", [x / P for x in shares[0]], None, "peer"), ("what server B holds", [x / P for x in shares[1]], None, "peer"),
              ("what both publish, of %d people" % people, [t / people for t in totals], totals, "ours")]
    width, left, row, top = 290, 100, 27, 34
    body, high = [], top + row * len(labels) + 10
    for k, (title, parts, numbers, kind) in enumerate(panels):
        x = left + 25 + k * (width + 25)
        body.append(plot.text(x, 18, title, "name " + kind))
        body.append(plot.line(x, top - 6, x, high - 8, "grid"))
        for i, part in enumerate(parts):
            y = top + row * i
            body.append(plot.rect(x, y, part * (width - 50), 20, "bar " + kind, "%.3f of the field" % part if numbers is None else str(numbers[i])))
            if numbers:
                body.append(plot.text(x + part * (width - 50) + 6, y + 15, numbers[i], "value"))
    for i, label in enumerate(labels):
        body.append(plot.text(left + 15, top + row * i + 15, label, "name ours", "end"))
    with open(path, "w") as f:
        f.write(plot.svg(high, body, "two random-looking shares and their sum", style))
