"""Prio3 without HPKE: sharding, preparing on both sides, ending; with AVX2 and without it, by turns of one process each.

CPU time a report, median of the rounds with the tenth and the ninetieth percentile. libprio-rs cannot run here: its figures stand in
baseline.json and are scaled by one X25519 of this run.
"""
import json
import os
import subprocess
import sys
import tempfile

import yardstick
from bench import BUILD, Node, about, cflags, median, within

HERE = os.path.dirname(os.path.abspath(__file__))
NPM = os.path.join(HERE, "..", "outside", "dap")
sys.path.insert(0, os.path.dirname(NPM))
import npm  # noqa: E402
ROUNDS = within(60, 5)
TURNS = 3       # of each path
SHORT = {"SumVec 2500 x 1, chunk 50": "", "SumVec 2500, max 1, chunk 50": "", "SumVec 2500, max 1, chunk 81": "chunk 81 "}
# reports a second and core: SumVec 2500 of 08 with AVX2, and without
TARGETS = {("prepare leader", "avx2"): "per_s >= 8000", ("prepare helper", "avx2"): "per_s >= 7000", ("prepare leader", "scalar"): "per_s >= 4000",
           ("prepare helper", "scalar"): "per_s >= 4000"}


def measured(program):
    """-> {(profile, params, what, path): [us, ..]}"""
    rows = {}
    for turn in range(2 * TURNS):
        env = dict(os.environ, DR_CPU="scalar" if turn % 2 else "avx2")
        lines = subprocess.run([program, str(max(1, ROUNDS // TURNS))], capture_output=True, text=True, check=True, env=env).stdout.splitlines()
        for r in map(json.loads, lines):
            rows.setdefault((r["profile"], r["params"], r["what"], r["path"]), []).extend(r["us"])
    return rows


def beside_npm(rows, yard):
    """The same steps of @divviup/prio3, live, where npm can be reached."""
    folder = npm.install(NPM)
    if folder is None:
        print("# @divviup/prio3 was not measured: npm or its registry cannot be reached", file=sys.stderr)
        return
    lines = subprocess.run(["node", os.path.join(NPM, "speed.mjs"), str(max(3, ROUNDS // 6))], capture_output=True, text=True, check=True,
                           env={**os.environ, "NODE_PATH": os.path.join(folder, "node_modules")}).stdout.splitlines()
    for r in map(json.loads, lines):
        us = rows.get(("08", r["params"], r["what"], "avx2"))
        if us:
            yardstick.row("vdaf", "08 beside npm", "%s, %s" % (r["params"], r["what"]), us=us, path="avx2", yard=yard,
                          against=(median(r["us"]), "@divviup/prio3 0.8.0 in node, this run"))


def run():
    about("What Prio3 costs", "One report, without HPKE and without a database; the shares of 32 reports lie in memory as a job has them. CPU time.", rounds=ROUNDS)
    with tempfile.TemporaryDirectory() as tmp:
        program = os.path.join(tmp, "vdaf")
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "vdaf.c"), os.path.join(BUILD, "libdr.a"),
                       *cflags("json-c", "libsodium"), "-o", program])
        rows = measured(program)
    yard = yardstick.x25519_us()
    for (profile, params, what, path), us in rows.items():
        long = params in SHORT
        yardstick.row("vdaf", profile, "%s, %s" % (params, what), us=us, path=path, yard=yard,
                      baseline="libprio-rs %s %s%s" % (profile, SHORT[params], what) if long and (profile, what) != ("18", "next") else None,
                      target=TARGETS.get((what, path)) if long and profile == "08" else None)
    beside_npm(rows, yard)
