#!/usr/bin/python3
"""Measure: run.py [BENCH]...   JSON lines, then a table.  Prints, never judges: exit 0 when every bench ran.

Each file b_NAME.py has run(); it starts the node that it needs, so figures of one bench and its
peers come from one run.
"""
import glob
import importlib
import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench  # noqa: E402


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    names = sorted(os.path.basename(p)[2:-3] for p in glob.glob(os.path.join(here, "b_*.py")))
    want = sys.argv[1:] or names
    for w in want:
        if w not in names:
            print("no bench %r; there are: %s" % (w, " ".join(names)), file=sys.stderr)
            return 100
    print(json.dumps(bench.machine()), flush=True)
    bad = 0
    for name in want:
        try:
            bench.begin(name)
            importlib.import_module("b_" + name).run()
        except Exception:
            bad += 1
            traceback.print_exc()
    bench.table()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
