"""Reports as aggregators and clients meet them: X25519, HPKE, parsing and Prio3 together.

CPU time a report, median of the rounds with the tenth and the ninetieth percentile; the shares of 32 reports lie in memory as a job has
them.  What Prio3 costs by itself is in the bench vdaf.
"""
import json
import os
import subprocess
import tempfile

import yardstick
from bench import BUILD, Node, about, cflags, within

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = within(60, 5)
TARGETS = {("SumVec 2500 x 1, chunk 50", "HPKE open and prepare leader"): "per_s >= 6000",
           ("SumVec 2500 x 1, chunk 50", "HPKE open and prepare helper"): "per_s >= 6000",
           ("Histogram 100, chunk 10", "HPKE open and prepare leader"): "per_s >= 12000",
           ("Histogram 100, chunk 10", "HPKE open and prepare helper"): "per_s >= 12000",
           ("Count", "HPKE open and prepare leader"): "per_s >= 18000", ("Count", "HPKE open and prepare helper"): "per_s >= 18000",
           ("one agreement", "X25519"): "median_us <= 60"}
BASELINES = {"X25519": "openssl x25519"}


def run():
    about("What a report costs", "Sealing and opening with HPKE, parsing and preparing; without a database. CPU time.", rounds=ROUNDS)
    with tempfile.TemporaryDirectory() as tmp:
        program = os.path.join(tmp, "dap")
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "dap.c"), os.path.join(BUILD, "libdr.a"),
                       *cflags("libcrypto", "libgcrypt", "libsodium", "json-c", "gmp"), "-o", program])
        lines = subprocess.run([program, str(ROUNDS)], capture_output=True, text=True, check=True).stdout.splitlines()
    yard = yardstick.x25519_us()
    for r in map(json.loads, lines):
        yardstick.row("dap", r["profile"], "%s, %s" % (r["params"], r["what"]), us=r["us"], path=r["path"], yard=yard,
                      baseline=BASELINES.get(r["what"]), target=TARGETS.get((r["params"], r["what"])))
