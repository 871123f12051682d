#!/usr/bin/python3
"""Two servers of prio1 over 30 parts, again and again, until KILLS of their processes were killed: every run ends with
the sum of every answer, once, at both servers.  KILLS=200 SEED=1.
"""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import e2e_prio  # noqa: E402
from harness import Tap  # noqa: E402


def main():
    kills, seed = int(os.environ.get("KILLS", 200)), int(os.environ.get("SEED", 1))
    t = Tap()
    done = run = 0
    with tempfile.TemporaryDirectory(prefix="dr-prio-storm-") as base:
        while done < kills:
            p, total = e2e_prio.thirty(os.path.join(base, str(run)))
            done += e2e_prio.storm(t, p, min(40, kills - done), seed + run, total)
            run += 1
    t.ok(done >= kills, "%d kills in %d runs" % (done, run))
    t.done()


if __name__ == "__main__":
    main()
