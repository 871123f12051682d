"""What every bench shares: one JSON line a figure, a table at the end, percentiles.

emit(bench, metric, value, unit, peer=None, ratio=None, target=None, met=None, n=None): prints
{"bench","metric","value","unit","peer","ratio","target","met","n"} and keeps it for the table.
`met` is computed from `target` ("<= 30", ">= 6") against the ratio where there is one, else the value.
"""
import json
import operator
import os
import platform
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, PGBIN, TOP, Node  # noqa: E402,F401

ROWS = []
OPS = {"<=": operator.le, ">=": operator.ge}


def emit(bench, metric, value, unit, peer=None, ratio=None, target=None, n=None):
    met = None
    if target:
        op, bound = target.split()[:2]
        met = OPS[op](ratio if ratio is not None else value, float(bound))
    row = {"bench": bench, "metric": metric, "value": round(value, 3), "unit": unit, "peer": peer,
           "ratio": None if ratio is None else round(ratio, 2), "target": target, "met": met, "n": n}
    ROWS.append(row)
    print(json.dumps(row), flush=True)


def machine():
    commit = subprocess.run(["git", "-C", TOP, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    print(json.dumps({"machine": platform.machine(), "kernel": platform.release(), "cores": os.cpu_count(), "commit": commit}), flush=True)


def table():
    head = ("bench", "metric", "value", "unit", "peer", "ratio", "target", "met")
    rows = [head] + [tuple("" if r[k] is None else {True: "yes", False: "NO"}.get(r[k], str(r[k])) if k == "met" else str(r[k])
                           for k in head) for r in ROWS]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    print()
    for r in rows:
        print("  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip())


def quantile(xs, q):
    xs = sorted(xs)
    return xs[min(len(xs) - 1, int(len(xs) * q))]


def median(xs):
    return quantile(xs, 0.5)


def lift_limits(node):
    """A bench drives one principal harder than any rate limit of a real node allows."""
    for name, v in (("rate_submit", 1e6), ("rate_submit_burst", 1e6), ("rate_read", 1e6), ("rate_read_burst", 1e6),
                    ("open_jobs_max", 10**7), ("queue_max", 10**7)):
        node.psql("UPDATE core.setting SET value = '%d' WHERE name = '%s'" % (v, name))


def rss_kib(pid):
    """Resident memory of one process, in KiB."""
    with open("/proc/%d/status" % pid) as f:
        for line in f:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def children(pid):
    out = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(p) for p in out]
