#!/usr/bin/python3
"""Measure: run.py [BENCH]...   JSON lines, a table, run/bench/index.html.  Prints, never judges: exit 0 when every bench ran.

Each file b_NAME.py has run(); it starts the node that it needs, so figures of one bench and its
peers come from one run.  A bench that fails is left out and said aloud; the others go on.
"""
import glob
import importlib
import json
import os
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import bench  # noqa: E402

ORDER = ("submit", "read", "queue", "drain", "start", "sandbox")


def main():
    names = sorted((os.path.basename(p)[2:-3] for p in glob.glob(os.path.join(HERE, "b_*.py"))), key=lambda n: (ORDER + (n,)).index(n))
    want = sys.argv[1:] or names
    for w in want:
        if w not in names:
            print("no bench %r; there are: %s" % (w, " ".join(names)), file=sys.stderr)
            return 100
    print(json.dumps(bench.machine()), flush=True)
    bad = []
    for name in want:
        t0 = time.monotonic()
        try:
            bench.begin(name)
            importlib.import_module("b_" + name).run()
        except Exception:
            bad.append(name)
            traceback.print_exc()
        print("# %s: %.0f s" % (name, time.monotonic() - t0), file=sys.stderr, flush=True)
    bench.table()
    print()
    sys.stdout.flush()
    subprocess.run([os.path.join(HERE, "report.py")], check=False)
    for name in bad:
        print("%s did not run to its end" % name, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
