#!/usr/bin/python3
"""A short storm: a seed that never changes, then one drawn anew; `make chaos` is the long one."""
import os
import secrets
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", p) for p in ("chaos", "")]
from chaos import storm  # noqa: E402
from disk import enter_namespace  # noqa: E402
from faults import FAULTS  # noqa: E402
from harness import Tap, need_root  # noqa: E402
from plan import Plan  # noqa: E402


def main():
    need_root()
    enter_namespace()
    tap = Tap()
    storm(tap, [Plan(seed, 250, 12, 10, FAULTS) for seed in (20260101, secrets.randbelow(10**9))], settle=60)
    tap.done()


main()
