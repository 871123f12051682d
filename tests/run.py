#!/usr/bin/python3
"""Run the tests: run.py [GROUP | FILE-PART]...   (no argument: everything)

Groups: unit fuzz lint sql race model e2e hostile.  Every test speaks TAP.  Prints one line a
file, the failures in full, and ends with "N passed, N failed".
Environment: DR_TEST_TIMEOUT seconds a file (default 600), DR_VERBOSE=1 shows all output.
"""
import glob
import os
import re
import signal
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True      # run as root in somebody's checkout
import harness  # noqa: E402

TIMEOUT = float(os.environ.get("DR_TEST_TIMEOUT", "600"))
PY = "/usr/bin/python3"
ASAN = os.path.join(TOP, "build", "asan")


def in_tree(pattern):
    return sorted(glob.glob(os.path.join(TOP, pattern)))


def unit():
    return [(os.path.basename(p), [p]) for p in sorted(glob.glob(os.path.join(ASAN, "tests", "t_*"))) if not p.endswith(".d")]


def fuzz():
    out = []
    for src in in_tree("tests/fuzz/f_*.c"):
        name = os.path.basename(src)[:-2]
        out.append((name, [os.path.join(ASAN, "fuzz", name), os.path.join(TOP, "tests/fuzz/corpus", name[2:])]))
    return out


def sql():
    return [(os.path.relpath(p, TOP), ["psql", p]) for p in in_tree("tests/sql/*.sql")]


def race():
    return [(os.path.relpath(p, TOP), ["race", p]) for p in in_tree("tests/race/*.spec")]


def e2e():
    return [(os.path.relpath(p, TOP), [PY, p]) for p in in_tree("tests/e2e/e2e_*.py")]


def hostile():
    return [(os.path.relpath(p, TOP), [PY, p]) for p in in_tree("tests/hostile/h_*.py")]


def model():
    return [("tests/model/explore", [os.path.join(TOP, "build", "model", "explore")])] + [
        (os.path.relpath(p, TOP), [PY, p]) for p in in_tree("tests/model/m_*.py")]


def lint():
    return [("tests/lint/run.sh", [os.path.join(TOP, "tests/lint/run.sh"), "--tap"])]


GROUPS = {"unit": unit, "fuzz": fuzz, "lint": lint, "sql": sql, "race": race, "model": model, "hostile": hostile, "e2e": e2e}


class Cluster:
    """One migrated database for the sql and race groups, started when first needed."""

    def __init__(self):
        self.node = None

    def get(self):
        if not self.node:
            self.node = harness.Node("sql", parts=("pg",)).up()
            self.node.psql("CREATE EXTENSION pgtap")
        return self.node

    def command(self, argv):
        n = self.get()
        if argv[0] == "psql":
            return [os.path.join(harness.PGBIN, "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-P", "pager=off", "-h", n.pg_socket, "-U", "postgres",
                    "-d", "darkroom", "-f", argv[1]]
        return [os.path.join(TOP, "tests/race/run.sh"), n.dsn(), argv[1]]

    def close(self):
        if self.node:
            self.node.down()


def run_one(argv):
    """-> (output, exit status or 'timeout')"""
    p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         errors="replace", cwd=TOP, start_new_session=True)
    try:
        out, _ = p.communicate(timeout=TIMEOUT)
        return out, p.returncode
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGTERM)
        try:
            out, _ = p.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            out, _ = p.communicate()
        return out, "timeout"
    except BaseException:       # we are told to end: so is the test, which takes its node down
        os.killpg(p.pid, signal.SIGTERM)
        p.wait(60)
        raise


def judge(out, status):
    """-> (passed, failed, skipped); a plan not kept or a bad exit is a failure of its own."""
    plan, seen, passed, failed, skipped = None, 0, 0, 0, 0
    for line in out.splitlines():
        m = re.match(r"\s*1\.\.(\d+)(.*)", line)
        if m and not line.startswith(" "):
            plan = int(m.group(1))
            skipped += plan == 0
            continue
        m = re.match(r"(not )?ok\b(.*)", line)
        if not m:
            continue
        seen += 1
        if re.search(r"#\s*skip", m.group(2), re.I):
            skipped += 1
        elif m.group(1):
            failed += 1
        else:
            passed += 1
    if plan is None or plan != seen or (status != 0 and not failed):
        failed += 1
    return passed, failed, skipped


def main():
    args = sys.argv[1:]
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    vectors = os.path.abspath(os.path.join(TOP, "..", "shared", "vectors"))     # published ones; a checkout need not have them
    if os.path.isdir(vectors):
        os.environ.setdefault("DR_VECTORS", vectors)
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0")
    tests = []
    for group, fn in GROUPS.items():
        for name, argv in fn():
            if not args or group in args or any(a not in GROUPS and a in name for a in args):
                tests.append((name, argv))
    if not tests:
        print("no test matches: " + " ".join(args))
        return 100
    cluster, total, bad = Cluster(), [0, 0, 0], []
    start = time.monotonic()
    try:
        for name, argv in tests:
            t0 = time.monotonic()
            try:
                out, status = run_one(cluster.command(argv) if argv[0] in ("psql", "race") else argv)
            except OSError as e:
                out, status = str(e), "not started"
            r = judge(out, status)
            total = [a + b for a, b in zip(total, r)]
            print("%-44s %4d passed %s%s %7.1f s" % (name, r[0], "%3d FAILED" % r[1] if r[1] else "   " + " " * 7,
                                                  " %d skipped" % r[2] if r[2] else "", time.monotonic() - t0), flush=True)
            if r[1] or os.environ.get("DR_VERBOSE"):
                if r[1]:
                    bad.append(name)
                print("".join("    %s\n" % x for x in out.splitlines() if os.environ.get("DR_VERBOSE") or not x.startswith("ok "))[-6000:])
                if status != 0:
                    print("    exit: %s" % status)
            for line in out.splitlines():
                if "# SKIP" in line:
                    print("    skipped: " + line.split("- ", 1)[-1])
    finally:
        cluster.close()
    if bad:
        print("failed: " + " ".join(bad))
    print("in %.0f s" % (time.monotonic() - start))
    print("%d passed, %d failed, %d skipped" % (total[0], total[1], total[2]))
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
