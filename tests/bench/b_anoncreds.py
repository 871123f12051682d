"""AnonCreds: issuing, accepting, presenting and verifying, with the JSON of their objects."""
import json
import os
import subprocess
import tempfile

from bench import BUILD, Node, about, cflags, emit, within

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = within(100, 10)
# ms, of the specification
TARGETS = {"issue a revocable credential": "<= 25", "present, 2 predicates and non-revocation": "<= 90",
           "verify, 2 predicates and non-revocation": "<= 90"}


def run():
    about("What AnonCreds cost", "One process, CPU time, p50; objects are read from JSON and written to it.", rounds=ROUNDS)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as tmp:
        program = os.path.join(tmp, "anoncreds")
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "anoncreds.c"), os.path.join(BUILD, "libdr.a"),
                       *cflags("json-c", "libsodium", "libgcrypt", "libcrypto", "gmp"), "-o", program])
        lines = subprocess.run([program, str(ROUNDS)], capture_output=True, text=True, check=True).stdout.splitlines()
    for row in map(json.loads, lines):
        emit("anoncreds", row["op"], row["p50"], "ms", target=TARGETS.get(row["op"]), n=row["n"], low=row["p50"], high=row["max"])
