"""Revocation: tails with 0 and more helpers, accumulators, witnesses from nothing and by changes, proofs.

CPU time of all processes, but the registry's, which is on the clock: as many processes as there are cores.
"""
import json
import os
import subprocess
import tempfile

from bench import BUILD, Node, about, cflags, emit, within

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = 100_000
ROUNDS = within(100, 10)
HELPERS = max(1, (os.cpu_count() or 2) - 1)
# ms; of the specification where it has one (present and verify: 90 with all of the primary proof)
TARGETS = {"witness from nothing": "<= 150", "issue, revocation part": "<= 25", "prove, revocation part": "<= 90", "verify, revocation part": "<= 90"}
REFERENCE_MS = 66_000       # anoncreds-clsignatures 0.3.3, 100,000 indices, as the specification has it


def registry(row):
    """One file: CPU on one core, the clock with helpers."""
    alone = row["op"].endswith(" 0 helpers")
    ms = row["p50"] if alone else row["wall"]
    name = "registry of %d, %s, %s" % (SIZE, row["op"], "CPU" if alone else "on the clock")
    emit("accum", name, ms, "ms", target="<= 5000" if alone else "<= 3000", n=row["n"])
    emit("accum", name + " / the reference", ms, "ms", peer="66 s, another run", ratio=REFERENCE_MS / ms, target=">= 20", n=row["n"])
    emit("accum", name + ": points", row["points"] / ms * 1e3, "1/s", n=row["n"])
    emit("accum", name + ": memory", row["rss"] / 1024, "MiB", target="<= 64", n=row["n"])


def run():
    about("What revocation costs", "One process; tails also with helpers. CPU time, p50; a registry with helpers is on the clock.",
          size=SIZE, rounds=ROUNDS, helpers=HELPERS)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as tmp:
        program = os.path.join(tmp, "accum")
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "accum.c"), os.path.join(BUILD, "libdr.a"),
                       *cflags("json-c", "libsodium", "libgcrypt"), "-o", program])
        lines = subprocess.run([program, str(SIZE), str(ROUNDS), str(HELPERS), tmp], capture_output=True, text=True, check=True).stdout.splitlines()
    for row in map(json.loads, lines):
        if "points" in row:
            registry(row)
        else:
            emit("accum", row["op"], row["p50"], "ms", target=TARGETS.get(row["op"]), n=row["n"], low=row["p50"], high=row["max"])
