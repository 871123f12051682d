"""Wallets: unlocking, records, exports and imports of 10,000 records, DIDs, packed messages.

CPU time in one process; exports and imports in a process of their own, with its memory.  The key of an
export is raw there: Argon2 is the unlock beside it.
"""
import json
import os
import subprocess
import tempfile

from bench import BUILD, Node, about, cflags, emit, within

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = 10_000
ROUNDS = within(100, 10)
TARGETS = {"export": "<= 500", "import": "<= 500", "did.create_my, arithmetic": "<= 0.3"}


def run():
    about("What wallets cost", "One process; CPU time, p50. Records have 200 bytes and two tags.", records=RECORDS, rounds=ROUNDS)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as tmp:
        program = os.path.join(tmp, "wallet")
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "wallet.c"), os.path.join(BUILD, "libdr.a"),
                       *cflags("json-c", "libsodium", "libgcrypt"), "-o", program])
        lines = subprocess.run([program, str(RECORDS), str(ROUNDS), tmp], capture_output=True, text=True, check=True).stdout.splitlines()
    for row in map(json.loads, lines):
        emit("wallet", row["op"], row["p50"], "ms", target=TARGETS.get(row["op"]), n=row["n"], low=row["p50"], high=row["max"])
        if "rss" in row:
            emit("wallet", row["op"] + ": memory", row["rss"] / 1024, "MiB", target="<= 64", n=row["n"])
