#!/usr/bin/python3
"""Check 6: `make run` as people use it: two checkouts side by side, twice in one, after a power cut, stopped in the middle."""
import contextlib
import glob
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import harness  # noqa: E402

LEFT_OUT = shutil.ignore_patterns(".git", "run", "__pycache__", "asan", "faults", "model", "template", "tmp", "node", "tests", "fuzz", "libfuzzer", "coverage", "deb", "lint", "*.deb")


def alive(p):
    """The process of this pid and start time lives."""
    try:
        with open("/proc/%d/stat" % p["pid"]) as f:
            fields = f.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] != "Z" and fields[19] == p["start"]


class Checkout:
    """A copy of the tree with what is built, in which make finds nothing to do."""

    def __init__(self, folder):
        self.dir = folder
        os.makedirs(folder)
        for name in sorted(os.listdir(TOP)):
            src, dst = os.path.join(TOP, name), os.path.join(folder, name)
            if name in (".git", "run", "tests"):
                continue
            if os.path.isdir(src):
                shutil.copytree(src, dst, symlinks=True, ignore=LEFT_OUT)
            else:
                shutil.copy2(src, dst)
        os.makedirs(os.path.join(folder, "tests"))
        for name in ("demo.py", "harness.py", "template.py"):
            shutil.copy2(os.path.join(TOP, "tests", name), os.path.join(folder, "tests", name))

    def start(self, target):
        return subprocess.Popen(["make", "-s", "--no-print-directory", target], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")})

    def make(self, target):
        return self.end(self.start(target))

    @staticmethod
    def end(p):
        out = p.communicate(timeout=280)[0]     # what hangs; three at once wait for each other's processor
        return p.returncode, out

    def state(self):
        with open(os.path.join(self.dir, "run", "node.json")) as f:
            return json.load(f)

    def procs(self):
        return self.state()["procs"].values()

    def up(self):
        return [alive(p) for p in self.procs()]

    def family(self):
        """The pids of the node's processes and of all that they started."""
        parents = {}
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat) as f:
                    fields = f.read().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(int(fields[1]), []).append(int(stat.split("/")[2]))
        todo, found = [p["pid"] for p in self.procs()], []
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += parents.get(pid, [])
        return found

    def instance(self):
        return hashlib.sha256(os.path.join(self.dir, "run", "node").encode()).hexdigest()[:8]


def cgroups(instance):
    return [d for root, dirs, _ in os.walk("/sys/fs/cgroup") for d in dirs if "darkroom-" + instance in d]


def left(folder):
    """Command lines of processes that name the folder."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as f:
                text = f.read().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if folder + "/" in text:
            found.append(text)
    return found


def gone(probe, seconds=20):
    """Wait until probe() finds nothing; -> what it finds then."""
    with contextlib.suppress(TimeoutError):
        harness.until(lambda: not probe(), seconds)
    return probe()


def by_hand(t, c, out):
    """The lines that `make run` prints to be typed, typed."""
    block = out.split("By hand, from this folder:", 1)[1].split("\nresults: ", 1)[0]
    lines = "\n".join(line[2:] if line.startswith("  ") and "import" not in line else line for line in block.splitlines())
    p = subprocess.run(["bash", "-euo", "pipefail", "-c", lines], cwd=c.dir, capture_output=True, text=True, timeout=60)
    t.is_(p.returncode, 0, "the lines to type by hand work as printed")
    t.like(p.stdout, r'"status": ?"completed"', "the result is read again by curl")
    t.like(p.stdout, r'"computation_id": ?"comp-', "another script is sent by curl")
    t.like(p.stdout, r"(?m)^14\.1272", "and one by the Python client")
    if p.returncode:
        t.diag(p.stdout[-1000:] + p.stderr[-1000:])


def main():
    harness.need_root()
    t = harness.Tap()
    base = os.path.join(harness.BUILD, "node", "demo-%d" % os.getpid())
    a, b = Checkout(os.path.join(base, "a")), Checkout(os.path.join(base, "b"))
    try:
        story(t, a, b)
    finally:
        for c in (a, b):
            c.make("stop")
        shutil.rmtree(base, ignore_errors=True)
    t.done()


def story(t, a, b):
    runs = [c.start("run") for c in (a, b, b)]      # the last two at once in one checkout
    ends = [Checkout.end(p) for p in runs]
    for (status, out), who in zip(ends, ("one checkout", "another beside it", "the same at the same time")):
        if not t.ok(status == 0 and re.search(r"completed after [\d.]+ s", out) and "accuracy" in out, "make run: " + who):
            t.diag(out[-3000:])
    t.is_(["up already" in out for _, out in ends[1:]].count(True), 1, "of two in one checkout one starts the node, the other finds it")
    t.ok(a.state()["port"] != b.state()["port"], "each checkout has its own address")
    digests = {tuple(re.findall(r"\b[0-9a-f]{64}\b", out)) for _, out in ends}
    t.ok(len(digests) == 1 and len(digests.pop()) == 2, "and each computes the same two artifacts, byte for byte")

    t.is_(a.make("stop")[0], 0, "make stop")
    t.is_(gone(lambda: left(a.dir)), [], "stops every process of its checkout")
    t.is_(gone(lambda: cgroups(a.instance())), [], "and leaves no cgroup")
    t.is_(b.up(), [True] * 4, "the other checkout's node stays up")
    t.is_(a.make("stop"), (0, "stopped: nothing was running\n"), "make stop again finds nothing")
    by_hand(t, b, ends[1][1])

    port = b.state()["port"]
    family, before = b.family(), cgroups(b.instance())
    for pid in family:
        with contextlib.suppress(ProcessLookupError):       # the death of one ends others
            os.kill(pid, signal.SIGKILL)
    t.is_(gone(lambda: left(b.dir) + [pid for pid in family if os.path.exists("/proc/%d" % pid)]), [], "after kill -9 of everything nothing runs")
    status, out = b.make("run")
    if not t.ok(status == 0 and "completed" in out, "make run again on the old data"):
        t.diag(out[-3000:])
    t.is_(b.state()["port"], port, "at the old address")
    t.is_(gone(lambda: set(cgroups(b.instance())) & set(before)), set(), "and what died has left no cgroup")
    status, text = typed(b, out)
    t.ok(status == 0 and text.count("comp-") >= 4, "the computations from before the cut are still listed")
    b.make("stop")

    p = a.start("demo")
    state = harness.until(lambda: started(a, p), 60, "a demo with a worker")
    os.kill(state["maker"]["pid"], signal.SIGTERM)
    status, out = Checkout.end(p)
    t.ok(status != 0 and "SIGTERM" in out, "make demo, ended by TERM in the middle, says so")
    t.is_(glob.glob(os.path.join(a.dir, "run", "demo-*")), [], "and leaves no folder")

    p = a.start("demo")
    state = harness.until(lambda: started(a, p), 60, "a demo with a worker")
    os.kill(state["maker"]["pid"], signal.SIGKILL)
    Checkout.end(p)
    t.is_(a.make("stop")[0], 0, "make stop after a demo that was killed")
    t.is_((gone(lambda: left(a.dir)), glob.glob(os.path.join(a.dir, "run", "demo-*"))), ([], []), "leaves no process and no folder of it")
    t.is_(gone(lambda: [g for d in (a, b) for g in cgroups(d.instance())]), [], "no cgroup of all this is left")


def typed(c, out):
    """Run the `darkroom ls` line as printed."""
    line = next(x for x in out.splitlines() if x.endswith("build/darkroom ls"))
    p = subprocess.run(["sh", "-c", line], cwd=c.dir, capture_output=True, text=True, timeout=30)
    return p.returncode, p.stdout


def started(c, p):
    """The state of a demo whose worker was started."""
    if p.poll() is not None:
        raise RuntimeError("make demo ended:\n" + p.stdout.read()[-2000:])
    for path in glob.glob(os.path.join(c.dir, "run", "demo-*", "node.json")):
        with open(path) as f:
            state = json.load(f)
        if "workerd" in state["procs"]:
            return state
    return None


if __name__ == "__main__":
    main()
