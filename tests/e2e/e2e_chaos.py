#!/usr/bin/python3
"""Two short storms by seeds that never change, for a gate must repeat; `make chaos` draws its own and is long."""
import os
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
    storm(tap, [Plan(seed, 250, 12, 10, FAULTS) for seed in (20260101, 20260102)], settle=60)
    tap.done()


main()
