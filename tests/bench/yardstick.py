"""Rows of the aggregate service: CPU time of an operation beside a figure measured elsewhere.

    row("prio1", "verify", "A, 2000 bits", us=[...], baseline="libprio verify A 2000", target="ratio >= 140")
    row("dap", "prepare", "SumVec 2500 x 1, leader", median=128.1, p10=127.0, p90=131.5, n=4000,
        baseline="libprio-rs 08 prepare leader", target="per_s >= 8000", path="avx2")

Most baselines cannot run in the test machine: they stand in baseline.json, with the time of one X25519 of libsodium on the machine where
they were measured. That is the yardstick: it is timed in the same run, and the baseline is scaled by it; both values are in the row.
Nothing here asserts a speed.
"""
import ctypes
import ctypes.util
import functools
import json
import os
import time

import bench

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS, A_ROUND = 15, 40


@functools.lru_cache
def book():
    with open(os.path.join(HERE, "baseline.json")) as f:
        return json.load(f)


def x25519_us():
    """One crypto_scalarmult in us of CPU time: the median of rounds, measured anew each time it is asked for."""
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
    sodium.sodium_init()
    out, scalar, point = ctypes.create_string_buffer(32), os.urandom(32), ctypes.create_string_buffer(32)
    sodium.crypto_scalarmult_base(point, os.urandom(32))
    rounds = []
    for _ in range(ROUNDS):
        t0 = time.process_time_ns()
        for _ in range(A_ROUND):
            sodium.crypto_scalarmult(out, scalar, point)
        rounds.append((time.process_time_ns() - t0) / 1000 / A_ROUND)
    return bench.median(rounds)


def scaled(name, yard):
    """-> (us as a machine of this speed would take, where it is from)"""
    us, source = book()["us"][name]
    return us * yard / book()["x25519_us"], source


def row(name, profile, params, us=None, median=None, p10=None, p90=None, n=None, baseline=None, against=None, target=None, path=None, yard=None,
        wall_us=None, **more):
    """One line with every field that a table of the specification wants.

    us: a list of times, or median, p10, p90 and n of them, in us of CPU time.  baseline: a name in baseline.json; or against = (us, source),
    measured in this run.  target: what is asked of "ratio", "per_s" or "median_us", as "ratio >= 140".  path: scalar, avx2, avx512.
    yard: the yardstick, when several rows share one measurement.
    """
    if us is not None:
        median, p10, p90, n = bench.median(us), bench.quantile(us, 0.1), bench.quantile(us, 0.9), len(us)
    yard = yard or x25519_us()
    base, source = scaled(baseline, yard) if baseline else against or (None, None)
    machine = bench.machine()
    said = {"profile": profile, "params": params, "median_us": round(median, 3), "p10_us": round(p10, 3), "p90_us": round(p90, 3), "per_s": round(1e6 / median, 1),
            "baseline_us": base and round(base, 3), "baseline_source": source, "baseline_unscaled_us": book()["us"][baseline][0] if baseline else None,
            "yardstick_x25519_us": round(yard, 2), "yardstick_baseline_us": book()["x25519_us"], "wall_us": wall_us,
            "cpu": machine["cpu"], "path": path, "cores": machine["cores"], "load": machine["load"], "commit": machine["commit"]}
    ratio = base / median if base else None
    field, _, bound = (target or "").partition(" ")
    value, unit = (1e6 / median, "1/s") if field == "per_s" else (median, "us")
    bench.emit(name, "%s, %s" % (profile, params), value, unit, ratio=ratio, target=bound or None, n=n,
               judged="ratio" if field == "ratio" else "value", **said, **more)
