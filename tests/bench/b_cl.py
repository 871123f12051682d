"""CL keys, issuance and primary proofs: each operation alone in one process, and the search for safe primes.

CPU time, median, with the fastest tenth and the slowest; prime_pair and key_cold are on the clock, with one helper process.
"""
import json
import os
import subprocess
import tempfile

from bench import BUILD, Node, about, cflags, emit, within

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS, PRIMES = within(100, 10), within(100, 6)
ROUNDS_3072, PRIMES_3072 = within(20, 4), within(10, 2)
TARGETS = {2048: {"key_from_primes": "<= 150", "key_cold": "<= 800", "sign": "<= 25"}, 3072: {"key_cold": "<= 6000"}}


def play(program, bits, rounds, primes):
    out = subprocess.run([program, str(bits), str(rounds), str(primes), "1"], capture_output=True, text=True, check=True).stdout
    for row in map(json.loads, out.splitlines()):
        metric = "%d bit: %s" % (bits, row["op"])
        if row["op"] == "candidates":
            emit("cl", metric, row["mean"], row["unit"], n=row["n"])
            continue
        emit("cl", metric, row["p50"], row["unit"], n=row["n"], target=TARGETS[bits].get(row["op"]), low=row["p10"], high=row["max"],
             p90=row["p90"], p99=row["p99"])


def run():
    about("What CL credentials cost", "One process, 5 attributes, one of them shown; the predicate is of a number of 32 bits. CPU time, median; prime_pair and key_cold "
          "on the clock, the search in two processes.", rounds=ROUNDS, primes=PRIMES)
    with tempfile.TemporaryDirectory() as tmp:
        program = os.path.join(tmp, "cl")
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "cl.c"), os.path.join(BUILD, "libdr.a"),
                       *cflags("gmp", "libcrypto", "libgcrypt", "libsodium", "json-c"), "-o", program])
        play(program, 2048, ROUNDS, PRIMES)
        play(program, 3072, ROUNDS_3072, PRIMES_3072)
