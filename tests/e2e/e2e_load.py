#!/usr/bin/python3
"""A short load: every promise that does not depend on the machine.  `make load` is long and measures."""
import os
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", p) for p in ("long", "bench", "")]
from harness import Tap, need_root  # noqa: E402
from load import run  # noqa: E402


def main():
    need_root()
    tap = Tap()
    verdict, _ = run(seconds=8, waiters=300, submits=30, slow=3)
    for what, got, _, want, kept in verdict.exact:
        if not tap.ok(kept, what):
            tap.diag("got:  %s\nwant: %s" % (got, want))
    tap.done()


main()
