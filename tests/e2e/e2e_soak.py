#!/usr/bin/python3
"""A short soak: every promise that does not depend on the machine.  `make soak` is long and measures."""
import os
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", p) for p in ("long", "bench", "")]
from harness import Tap, need_root  # noqa: E402
from soak import run  # noqa: E402


def main():
    need_root()
    tap = Tap()
    for what, got, _, want, kept in run(jobs=5000, rate=1000, seconds=60, seed=20260101).exact:
        if not tap.ok(kept, what):
            tap.diag("got:  %s\nwant: %s" % (got, want))
    tap.done()


main()
