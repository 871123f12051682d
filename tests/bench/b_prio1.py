"""prio1 on one core: encoding, verifying from sealed share to packet, adding up; lines of NDJSON to bytes.

CPU time a record, median of the rounds with the tenth and the ninetieth percentile. libprio cannot run here: its figures stand in baseline.json
and are scaled by one X25519 of this run. The ratio of a verification is to one pass of libprio, whose command line makes three.
"""
import json
import os
import subprocess
import tempfile

import yardstick
from bench import BUILD, Node, about, cflags, within

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = within(60, 5)
TARGETS = {("verify A", 2000): "per_s >= 2000", ("verify B", 2000): "ratio >= 140", ("verify A, one point a batch", 2500): "per_s >= 5000",
           ("verify B, one point a batch", 2500): "per_s >= 5000", ("encode", 2000): "median_us <= 1000", ("line", 2000): "median_us <= 25",
           ("x25519", 2000): "median_us <= 60"}
BASELINES = {"encode": "libprio encode %d", "verify A": "libprio verify A %d", "verify B": "libprio verify B %d", "verify2": "libprio verify2 %d",
             "aggregate": "libprio aggregate %d", "verify A, one point a batch": "libprio verify A %d", "verify B, one point a batch": "libprio verify B %d"}


def run():
    about("What prio1 costs", "One record, in one process, all operations by turns. A verification opens the share, reads or draws its numbers, derives the point and "
          "evaluates three polynomials there.", rounds=ROUNDS)
    rows = {}
    with tempfile.TemporaryDirectory() as tmp:
        program = os.path.join(tmp, "prio1")
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "prio1.c"), os.path.join(BUILD, "libdr.a"),
                       *cflags("json-c", "libsodium", "libgcrypt"), "-o", program])
        for path in ("avx2", "scalar"):
            lines = subprocess.run([program, str(ROUNDS)], capture_output=True, text=True, check=True, env=dict(os.environ, DR_CPU=path)).stdout.splitlines()
            for r in map(json.loads, lines):
                if path == "avx2" or r["what"] == "line":
                    rows[r["what"], r["bits"], r["path"]] = r["us"]
    yard = yardstick.x25519_us()
    for (what, bits, path), us in rows.items():
        if what == "x25519" and bits != 2000:
            continue
        base = BASELINES.get(what)
        yardstick.row("prio1", "prio1", what if what == "x25519" else "%s, %d bits" % (what, bits), us=us, yard=yard, baseline=base and base % bits,
                      target=TARGETS.get((what, bits)) if path == "avx2" else None, path=path if what == "line" else None)
