#!/usr/bin/python3
"""make check-bn254: the curve against mcl, another implementation of it, from npm, installed once into the cache folder:
pairings, products of them, bilinearity, multiples, powers and orders of points.  A development tool: it says so and skips
where there is no npm or no registry.

usage: check_bn254.py PROGRAM [CASES]      PROGRAM is tests/outside/bn254/ours.c, built
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
from harness import Tap  # noqa: E402
import npm  # noqa: E402

SOURCE = os.path.join(HERE, "bn254")
KINDS = ("pair", "bilinear", "product", "mul1", "mul2", "pow", "torsion")


def compare(ours, folder, cases):
    """-> {kind: (good, bad)}"""
    twist = subprocess.run([ours, "twist", "512"], check=True, stdout=subprocess.PIPE).stdout
    theirs = subprocess.run(["node", os.path.join(SOURCE, "theirs.js"), str(cases)], input=twist, check=True, stdout=subprocess.PIPE,
                            env={**os.environ, "NODE_PATH": os.path.join(folder, "node_modules")}).stdout
    out = subprocess.run([ours, "check"], input=theirs, stdout=subprocess.PIPE, text=False)
    if out.returncode not in (0, 1):
        raise RuntimeError("ours ended with %d" % out.returncode)
    lines = (line.split() for line in out.stdout.decode().splitlines())
    return {kind: (int(good), int(bad)) for kind, good, bad in lines}


def main():
    ours, cases = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    t = Tap()
    folder = npm.install(SOURCE)
    if folder is None:
        print("1..0 # SKIP THE CURVE WAS NOT COMPARED WITH ANOTHER: npm or its registry cannot be reached")
        return
    found = compare(ours, folder, cases)
    for kind in KINDS:
        good, bad = found[kind]
        t.is_((good > 0, bad), (True, 0), "%s: %d cases" % (kind, good + bad))
    t.is_(sum(good for good, _ in found.values()), cases, "all %d cases" % cases)
    t.done()


if __name__ == "__main__":
    main()
