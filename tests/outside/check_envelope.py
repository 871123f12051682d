#!/usr/bin/python3
"""make check-envelope: DIDs, signatures and packed messages against libsodium-wrappers, tweetnacl and bs58 from npm, both
ways: what they make is opened here, what is made here is opened there.  A development tool: it says so and skips where
there is no npm or no registry.

usage: check_envelope.py PROGRAM [CASES]      PROGRAM is tests/outside/envelope/ours.c, built
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
sys.dont_write_bytecode = True
from harness import Tap  # noqa: E402
import npm  # noqa: E402

SOURCE = os.path.join(HERE, "envelope")


def carry(maker, checker):
    """What maker prints is read by checker -> {kind: (good, bad)}"""
    made = subprocess.run(maker[0], check=True, stdout=subprocess.PIPE, env=maker[1])
    out = subprocess.run(checker[0], input=made.stdout, stdout=subprocess.PIPE, env=checker[1])
    if out.returncode not in (0, 1):
        raise RuntimeError("%s ended with %d" % (checker[0][0], out.returncode))
    lines = (line.split() for line in out.stdout.decode().splitlines())
    return {kind: (int(good), int(bad)) for kind, good, bad in lines}


def main():
    ours, cases = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "3000"
    t = Tap()
    folder = npm.install(SOURCE)
    if folder is None:
        print("1..0 # SKIP NO OTHER IMPLEMENTATION WAS COMPARED WITH: npm or its registry cannot be reached")
        return
    env = {**os.environ, "NODE_PATH": os.path.join(folder, "node_modules")}
    theirs = ["node", os.path.join(SOURCE, "theirs.js")]
    ways = {"made there, read here": ((theirs + ["make", cases], env), ([ours, "check"], None)),
            "made here, read there": (([ours, "make", cases], None), (theirs + ["check"], env))}
    for way, (maker, checker) in ways.items():
        found = carry(maker, checker)
        for kind, (good, bad) in sorted(found.items()):
            t.is_((good > 0, bad), (True, 0), "%s, %s: %d cases" % (kind, way, good + bad))
        t.is_(sum(good for good, _ in found.values()), int(cases), "%s: all of them" % way)
    t.done()


if __name__ == "__main__":
    main()
