"""The revocation curve: field, groups and pairing, in portable C and with mulx and adx, by turns in one process.

CPU time, median of the rounds; low and high are the fastest and the slowest round.
"""
import json
import os
import subprocess
import tempfile

from bench import BUILD, Node, about, cflags, emit, within

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = within(200, 10)
TARGETS = {"pairing": "<= 1000"}    # us: well below a millisecond


def run():
    about("What the revocation curve costs", "One process; the two kernels take turns of a few milliseconds, so that other load meets both. "
          "CPU time, median, with the fastest and the slowest round.", rounds=ROUNDS)
    with tempfile.TemporaryDirectory() as tmp:
        program = os.path.join(tmp, "curve")
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "curve.c"), os.path.join(BUILD, "libdr.a"),
                       *cflags("json-c", "libsodium"), "-o", program])
        lines = subprocess.run([program, str(ROUNDS)], capture_output=True, text=True, check=True).stdout.splitlines()
    in_c = {}
    for row in map(json.loads, lines):
        name, us = row["op"], row["p50"]
        if row["kernel"] == "c":
            in_c[name] = us
            emit("curve", name, us, "us", n=row["n"], who="C", low=row["low"], high=row["high"])
        else:
            emit("curve", name, us, "us", peer="in C", factor=round(in_c[name] / us, 2), n=row["n"], target=TARGETS.get(name),
                 who="mulx", low=row["low"], high=row["high"])
