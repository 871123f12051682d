#!/usr/bin/python3
"""Every named point of lib/base/fault.def is died at once, under traffic; see tests/chaos/walk.py."""
import os
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", p) for p in ("chaos", "")]
from walk import walk  # noqa: E402
from disk import enter_namespace  # noqa: E402
from harness import Tap, need_root  # noqa: E402


def main():
    need_root()
    enter_namespace()
    tap = Tap()
    walk(tap, settle=60)
    tap.done()


main()
