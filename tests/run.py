#!/usr/bin/python3
"""Run the tests: run.py [GROUP | FILE-PART]...   (no argument: everything)

Groups: unit fuzz lint sql race model e2e hostile.  Every test speaks TAP.  Prints one line a
file as it ends (seconds that passed, seconds of processor), the failures in full, and ends with
"N passed, N failed".  Twice as many files run at once as there are processors, the longest first by
tests/slow.tsv, which also names those that must have the machine to themselves.
Environment: DR_TEST_JOBS files at once; DR_TEST_TIMEOUT seconds a file (default 400) and
DR_TEST_TOTAL seconds after which no further file begins (default 3600): what is past either has
failed; DR_VERBOSE=1 shows all output.
"""
import glob
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True      # run as root in somebody's checkout
import harness  # noqa: E402

TIMEOUT = float(os.environ.get("DR_TEST_TIMEOUT", "400"))
TOTAL = float(os.environ.get("DR_TEST_TOTAL", "3600"))
JOBS = int(os.environ.get("DR_TEST_JOBS", "0")) or 2 * len(os.sched_getaffinity(0))    # a file of e2e waits for most of its time
VERBOSE = bool(os.environ.get("DR_VERBOSE"))
UNKNOWN_E2E_S = 15      # what a file of e2e is taken for that tests/slow.tsv does not know: it begins before the small ones
TERM_GRACE_S = 20       # for a test that is told to end: it takes its node down
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
CLUSTER = ("psql", "race")      # instead of a program: the file is for the one database of these groups


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
        if argv[0] not in CLUSTER:
            return argv
        n = self.get()
        if argv[0] == "psql":
            return [os.path.join(harness.PGBIN, "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-P", "pager=off", "-h", n.pg_socket, "-U", "postgres",
                    "-d", "darkroom", "-f", argv[1]]
        return [os.path.join(TOP, "tests/race/run.sh"), n.dsn(), argv[1]]

    def close(self):
        if self.node:
            self.node.down()


def slow():
    """tests/slow.tsv -> {file: (seconds, why it runs alone or "")}"""
    rows = {}
    with open(os.path.join(TOP, "tests", "slow.tsv")) as f:
        for line in f:
            if not line.startswith("#"):
                name, seconds, alone = line.rstrip("\n").split("\t")
                rows[name] = float(seconds), alone
    return rows


def lanes(tests):
    """-> (lanes that may run beside each other, one lane of what runs alone), each a list of tests in order.  A lane is one
    file, but those of the one database follow each other in theirs."""
    known = slow()
    cost = lambda test: known[test[0]][0] if test[0] in known else UNKNOWN_E2E_S if test[0].startswith("tests/e2e/") else 1
    alone = [x for x in tests if x[0] in known and known[x[0]][1]]
    beside = [[x] for x in tests if x not in alone and x[1][0] not in CLUSTER]
    shared = [x for x in tests if x[1][0] in CLUSTER]
    beside += [shared] if shared else []
    beside.sort(key=lambda lane: -sum(map(cost, lane)))
    return beside, alone


class Running:
    """One file at work: its process in a group of its own, its output in a file, so that a child it leaves keeps nobody waiting."""

    def __init__(self, name, argv, lane):
        self.name, self.lane, self.start, self.late = name, lane, time.monotonic(), False
        self.deadline = self.start + TIMEOUT
        self.out = tempfile.TemporaryFile()
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self.out, stderr=subprocess.STDOUT, cwd=TOP, start_new_session=True)
        self.pid, self.fd = p.pid, os.pidfd_open(p.pid)
        p.returncode = 0        # end() reaps it, for its use of the processor

    def overdue(self):
        """Past the deadline: told to end, then killed."""
        os.killpg(self.pid, signal.SIGKILL if self.late else signal.SIGTERM)
        self.late, self.deadline = True, time.monotonic() + TERM_GRACE_S

    def end(self):
        """-> Result"""
        _, status, use = os.wait4(self.pid, 0)
        os.close(self.fd)
        self.out.seek(0)
        with self.out:
            text = self.out.read().decode(errors="replace")
        status = "still running after %g s" % TIMEOUT if self.late else os.waitstatus_to_exitcode(status)
        return Result(self.name, text, status, time.monotonic() - self.start, use.ru_utime + use.ru_stime)


class Result:
    """What a file said, judged: a plan not kept or a bad exit is a failure of its own."""

    def __init__(self, name, out, status, seconds=0.0, cpu=0.0):
        self.name, self.out, self.status, self.seconds, self.cpu = name, out, status, seconds, cpu
        self.passed = self.failed = self.skipped = 0
        plan, seen = None, 0
        for line in out.splitlines():
            m = re.match(r"1\.\.(\d+)", line)
            if m:
                plan = int(m.group(1))
                self.skipped += plan == 0
                continue
            m = re.match(r"(not )?ok\b(.*)", line)
            if not m:
                continue
            seen += 1
            if re.search(r"#\s*skip", m.group(2), re.I):
                self.skipped += 1
            elif m.group(1):
                self.failed += 1
            else:
                self.passed += 1
        if plan is None or plan != seen or (status != 0 and not self.failed):
            self.failed += 1

    def show(self):
        print("%-44s %4d passed %s%s %7.1f s %6.1f cpu" % (self.name, self.passed, "%3d FAILED" % self.failed if self.failed else " " * 10,
                                                          " %d skipped" % self.skipped if self.skipped else "", self.seconds, self.cpu))
        lines = self.out.splitlines()
        if self.failed or VERBOSE:
            print("".join("    %s\n" % x for x in lines if VERBOSE or not x.startswith("ok "))[-6000:])
            if self.status != 0:
                print("    exit: %s" % self.status)
        for line in lines:
            if "# SKIP" in line:
                print("    skipped: " + line.split("- ", 1)[-1])
        sys.stdout.flush()


class Run:
    """All of them: each lane one file at a time, as many lanes as there is room for."""

    def __init__(self):
        self.cluster, self.at_work, self.results = Cluster(), selectors.DefaultSelector(), []
        self.end = time.monotonic() + TOTAL

    def keep(self, result):
        self.results.append(result)
        result.show()

    def begin(self, lane):
        """Start the first file of a lane that can be started."""
        while lane:
            name, argv = lane.pop(0)
            if time.monotonic() > self.end:
                self.keep(Result(name, "", "not run: DR_TEST_TOTAL=%g s are over" % TOTAL))
                continue
            try:
                one = Running(name, self.cluster.command(argv), lane)
            except (OSError, RuntimeError, TimeoutError) as e:
                self.keep(Result(name, str(e), "not started"))
                continue
            self.at_work.register(one.fd, selectors.EVENT_READ, one)
            return

    def busy(self):
        return [key.data for key in self.at_work.get_map().values()]

    def wait(self):
        """Until something ended or is overdue."""
        nearest = min(one.deadline for one in self.busy())
        for key, _ in self.at_work.select(max(0, nearest - time.monotonic())):
            one = key.data
            self.at_work.unregister(one.fd)
            self.keep(one.end())
            self.begin(one.lane)
        for one in self.busy():
            if time.monotonic() >= one.deadline:
                one.overdue()

    def go(self, todo, jobs):
        todo = list(todo)
        while todo or self.busy():
            while todo and len(self.busy()) < jobs:
                self.begin(todo.pop(0))
            if self.busy():
                self.wait()

    def close(self):
        """Told to end in the middle: so are the tests, which take their nodes down."""
        for one in self.busy():
            os.killpg(one.pid, signal.SIGTERM)
        for one in self.busy():
            os.waitpid(one.pid, 0)
        self.cluster.close()


def chosen(args):
    return [(name, argv) for group, fn in GROUPS.items() for name, argv in fn()
            if not args or group in args or any(a not in GROUPS and a in name for a in args)]


def main():
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    vectors = os.path.abspath(os.path.join(TOP, "..", "shared", "vectors"))     # published ones; a checkout need not have them
    if os.path.isdir(vectors):
        os.environ.setdefault("DR_VECTORS", vectors)
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=0")
    tests = chosen(sys.argv[1:])
    if not tests:
        print("no test matches: " + " ".join(sys.argv[1:]))
        return 100
    start, run = time.monotonic(), Run()
    beside, alone = lanes(tests)
    try:
        run.go(beside, JOBS)
        run.go([alone], 1)
    finally:
        run.close()
    bad = [r.name for r in run.results if r.failed]
    if bad:
        print("failed: " + " ".join(bad))
    print("in %.0f s, %.0f s of processor, %d at once" % (time.monotonic() - start, sum(r.cpu for r in run.results), JOBS))
    print("%d passed, %d failed, %d skipped" % tuple(sum(getattr(r, k) for r in run.results) for k in ("passed", "failed", "skipped")))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
