"""What every bench shares: figures, series over time, the table at the end, percentiles.

begin(name) opens run/bench/NAME.jsonl, where each line lands as soon as it is known; tests/bench/report.py
draws all such files (its head describes the lines).  Then:

emit(bench, metric, value, unit, peer=None, ratio=None, target=None, n=None, task=None, who=None, low=None,
     high=None, judged=None, **more): one figure.  met is computed from target ("<= 30", ">= 6") against the ratio where
     there is one, else the value; judged="value" is against the value although there is a ratio.  task, who, low, high: rows of one task are drawn as bars beside one
     another, one for each contestant, with the range of its rounds.
point(metric, value, unit, who=None, t=None): one sample of a series; t is seconds since begin().
mark(text, t=None): something that happened, drawn as an upright line across every plot of the series.
about(title, text, headline=None, **facts): what a sceptic asks first: how it was measured, with which settings;
headline: the task that the README shows.

DR_BENCH_SECONDS (1800): what all benches together may take on a quiet machine.  Less of it means fewer jobs, shorter
turns, fewer rounds: within(full, least=1) is what a bench does of `full`.
"""
import json
import operator
import os
import platform
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, PGBIN, TOP, Node, cache_dir, free_port  # noqa: E402,F401

OUT = os.path.join(TOP, "run", "bench")
ROWS = []
FULL_S = 1800
BUDGET_S = float(os.environ.get("DR_BENCH_SECONDS") or FULL_S)
OPS = {"<=": operator.le, ">=": operator.ge}
FILE = {"f": None, "series": None, "t0": 0.0}


def within(full, least=1):
    return max(least, round(full * min(1, BUDGET_S / FULL_S)))


def forget(names):
    """Lines of earlier runs: of these benches, or with None of all, so that no old figure stands beside new ones."""
    os.makedirs(OUT, exist_ok=True)
    for f in os.listdir(OUT):
        if f.endswith(".jsonl") and (names is None or f[:-6] in names):
            os.unlink(os.path.join(OUT, f))


def begin(name):
    if FILE["f"]:
        FILE["f"].close()
    FILE.update(f=open(os.path.join(OUT, name + ".jsonl"), "w"), series=name, t0=time.monotonic())
    write(machine())


def write(row):
    if FILE["f"]:
        FILE["f"].write(json.dumps(row) + "\n")
        FILE["f"].flush()


def emit(bench, metric, value, unit, peer=None, ratio=None, target=None, n=None, task=None, who=None, low=None, high=None, judged=None, **more):
    met = None
    if target:
        op, bound = target.split()[:2]
        met = OPS[op](value if ratio is None or judged == "value" else ratio, float(bound))
    row = {"bench": bench, "metric": metric, "value": round(value, 3), "unit": unit, "peer": peer,
           "ratio": None if ratio is None else round(ratio, 2), "target": target, "met": met, "n": n}
    row.update((k, v) for k, v in {"task": task, "who": who, "low": low, "high": high, "judged": judged, **more}.items() if v is not None)
    ROWS.append(row)
    write(row)
    print(json.dumps(row), flush=True)


def seconds():
    return round(time.monotonic() - FILE["t0"], 3)


def point(metric, value, unit, who=None, t=None):
    row = {"series": FILE["series"], "t": seconds() if t is None else t, "metric": metric, "value": value, "unit": unit}
    write(row if who is None else {**row, "who": who})


def mark(text, t=None):
    write({"series": FILE["series"], "t": seconds() if t is None else t, "mark": text})


def about(title, text, headline=None, **facts):
    write({"about": FILE["series"], "title": title, "text": text, "facts": facts, "headline": headline})


def tool(*argv):
    """First line of what a program says of itself, on either stream; None without it."""
    try:
        p = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    except OSError:
        return None
    return (p.stdout + p.stderr).strip().split("\n")[0] or None


def machine():
    commit = tool("git", "-C", TOP, "describe", "--always", "--dirty")
    with open("/proc/cpuinfo") as f:
        cpu = re.search(r"model name\s*: (.*)", f.read())
    with open("/proc/meminfo") as f:
        memory = int(re.search(r"MemTotal:\s+(\d+)", f.read()).group(1)) / (1 << 20)
    return {"machine": platform.machine(), "cpu": cpu.group(1) if cpu else "", "cores": os.cpu_count(), "memory_gib": round(memory, 1),
            "kernel": platform.release(), "commit": commit, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "load": os.getloadavg()[0], "postgresql": tool(os.path.join(PGBIN, "postgres"), "--version"), "nginx": tool("/usr/sbin/nginx", "-v"),
            "wrk": (tool("wrk", "-v") or "").split(" [")[0]}


def table():
    head = ("bench", "metric", "value", "unit", "peer", "ratio", "target", "met")
    rows = [head] + [tuple("" if r[k] is None else {True: "yes", False: "NO"}.get(r[k], str(r[k])) if k == "met" else str(r[k])
                           for k in head) for r in ROWS]
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    print()
    for r in rows:
        print("  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip())


def cflags(*packages):
    """What a program of the benches is compiled with."""
    return subprocess.run(["pkg-config", "--cflags", "--libs", *packages], capture_output=True, text=True, check=True).stdout.split()


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
