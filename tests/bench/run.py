#!/usr/bin/python3
"""Measure: run.py [BENCH]...   JSON lines, a table, run/bench/index.html.  Prints, never judges: exit 0 when every bench ran.

Each file b_NAME.py has run(); it starts the node that it needs, so figures of one bench and its
peers come from one run.  A bench that fails is left out and said aloud; the others go on.
Without a name the lines of earlier runs are removed first, else those of the same benches.

DR_BENCH_SECONDS (1800) scales all benches down (bench.py).  When it is over, and a minute and a half a bench for
what does not scale, the bench at work is cut and those after it are left out.
"""
import glob
import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import bench  # noqa: E402

ORDER = ("submit", "read", "readcost", "queue", "drain", "start", "sandbox", "waiters", "blob", "promises")
MORE_S = 90         # a bench


class TimeOver(Exception):
    """Raised in the middle of a bench; its nodes go down on the way out."""


def over(*_):
    raise TimeOver("the time of the whole run is over")


def play(name):
    """-> whether it ran to its end"""
    t0 = time.monotonic()
    try:
        bench.begin(name)
        importlib.import_module("b_" + name).run()
    except TimeOver as e:
        print("%s: %s" % (name, e), file=sys.stderr)
        return False
    except Exception:
        traceback.print_exc()
        return False
    finally:
        print("# %s: %.0f s" % (name, time.monotonic() - t0), file=sys.stderr, flush=True)
    return True


def main():
    names = sorted((os.path.basename(p)[2:-3] for p in glob.glob(os.path.join(HERE, "b_*.py"))), key=lambda n: (ORDER + (n,)).index(n))
    want = sys.argv[1:] or names
    for w in want:
        if w not in names:
            print("no bench %r; there are: %s" % (w, " ".join(names)), file=sys.stderr)
            return 100
    print(json.dumps(bench.machine()), flush=True)
    bench.forget(sys.argv[1:] or None)
    end = time.monotonic() + bench.BUDGET_S + MORE_S * len(want)
    signal.signal(signal.SIGALRM, over)
    bad = []
    for name in want:
        left = end - time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, max(left, 0))
        if left <= 0 or not play(name):
            bad.append(name)
    signal.setitimer(signal.ITIMER_REAL, 0)
    bench.table()
    print()
    sys.stdout.flush()
    subprocess.run([os.path.join(HERE, "targets.py")], check=False)
    subprocess.run([os.path.join(HERE, "report.py")], check=False)
    for name in bad:
        print("%s did not run to its end" % name, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
