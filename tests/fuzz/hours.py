#!/usr/bin/python3
"""Fuzz every target for hours of CPU time, and keep the books.

usage: hours.py run [--seconds N] [--procs N] [--slice N] [NAME]...   explore until each target has N CPU seconds
       hours.py table                                                 CPU hours and findings of each target
       hours.py merge                                                 into tests/fuzz/corpus, what adds coverage

Runs the programs of build/libfuzzer/fuzz (make fuzz-programs) at SCHED_IDLE, the target with the least time first, in
slices.  Everything is in ~/.cache/darkroom/fuzz: corpus/NAME, findings/NAME, ledger.jsonl with one line for each slice,
and `running`: the pid, which is also the process group: kill -STOP -PID for a pause, kill PID to end; neither loses
what was gained.  CPU seconds are user + system of the target's process.  They count for the code as it was: the ledger
names a hash of the target and of the files that its line `Reaches:` names.
"""
import argparse
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.path.join(TOP, "build", "libfuzzer", "fuzz")
CACHE = os.path.join(os.environ.get("DR_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "darkroom"), "fuzz")
LEDGER = os.path.join(CACHE, "ledger.jsonl")
CORPUS_MAX = 200 << 10      # bytes of one committed corpus
UNIT_S = 10                 # one input may take so long
LIMITS = ["-timeout=%d" % UNIT_S, "-rss_limit_mb=2048"]


class Target:
    """One f_NAME.c: its program, corpora, and the code that its time counts for."""

    def __init__(self, source):
        self.source = source
        self.name = os.path.basename(source)[2:-2]
        self.program = os.path.join(BIN, "f_" + self.name)
        self.seeds = os.path.join(TOP, "tests/fuzz/corpus", self.name)
        self.dictionary = os.path.join(TOP, "tests/fuzz/dict", self.name + ".dict")
        self.corpus = os.path.join(CACHE, "corpus", self.name)
        self.findings = os.path.join(CACHE, "findings", self.name)

    def reaches(self):
        """-> the files that the target is there for, by the line `Reaches:` of its head."""
        with open(self.source) as f:
            head = f.read().split("*/")[0]
        m = re.search(r"Reaches:((?:\s|\*|[\w./-]+\.c)+)", head)
        if not m:
            raise SystemExit("%s: its head does not say what it reaches" % self.source)
        return re.findall(r"[\w./-]+\.c", m.group(1))

    def code(self):
        h = hashlib.sha256()
        for path in [self.source] + [os.path.join(TOP, p) for p in self.reaches()]:
            with open(path, "rb") as f:
                h.update(f.read())
        return h.hexdigest()[:16]

    def built(self):
        """Is the program at least as new as the code that its time would count for?"""
        newest = max(os.path.getmtime(p) for p in [self.source] + [os.path.join(TOP, p) for p in self.reaches()])
        return os.path.exists(self.program) and os.path.getmtime(self.program) >= newest

    def open_findings(self):
        """-> inputs that the present program still fails on."""
        return [p for p in sorted(glob.glob(os.path.join(self.findings, "*"))) if fails(self, p)]


def targets(names=()):
    every = [Target(p) for p in sorted(glob.glob(os.path.join(TOP, "tests/fuzz/f_*.c")))]
    for n in names:
        if n not in [t.name for t in every]:
            raise SystemExit("no target is named %s" % n)
    return [t for t in every if not names or t.name in names]


def fails(target, path):
    """Does this one input fail?  A process that was stopped for a while looks like one that hangs: so ask again."""
    p = subprocess.run([target.program] + LIMITS + ["-runs=1", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return p.returncode != 0


def book(row):
    line = json.dumps(row, sort_keys=True) + "\n"
    fd = os.open(LEDGER, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(fd, line.encode())
        os.fsync(fd)
    finally:
        os.close(fd)


def read_books():
    """-> {(target, code): {"cpu_s", "runs", "cov"}}; a line cut off by a crash is no line."""
    out = {}
    try:
        with open(LEDGER) as f:
            lines = f.read().splitlines()
    except FileNotFoundError:
        return out
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        sums = out.setdefault((row["target"], row["code"]), {"cpu_s": 0.0, "runs": 0, "cov": 0})
        sums["cpu_s"] += row["cpu_s"]
        sums["runs"] += row["runs"]
        sums["cov"] = max(sums["cov"], row["cov"])
    return out


class Slice:
    """One run of a target's program for a bounded time."""

    def __init__(self, target, seconds):
        self.target, self.code = target, target.code()
        for d in (target.corpus, target.findings):
            os.makedirs(d, exist_ok=True)
        self.before = set(os.listdir(target.findings))
        self.out = tempfile.TemporaryFile(dir=CACHE)
        argv = [target.program] + LIMITS + ["-max_total_time=%d" % seconds, "-print_final_stats=1", "-reload=0",
                                            "-artifact_prefix=" + target.findings + "/"]
        if os.path.exists(target.dictionary):
            argv.append("-dict=" + target.dictionary)
        dirs = [target.corpus] + [d for d in (target.seeds,) if os.path.isdir(d)]
        self.p = subprocess.Popen(argv + dirs, stdin=subprocess.DEVNULL, stdout=self.out, stderr=self.out, cwd=CACHE)

    def over(self, status, usage):
        """Book the time; -> new findings that are real."""
        self.out.seek(0)
        text = self.out.read()[-200000:].decode(errors="replace")
        self.out.close()
        runs = re.findall(r"^#(\d+)", text, re.M)
        cov = re.findall(r"cov: (\d+)", text)
        found = []
        for name in sorted(set(os.listdir(self.target.findings)) - self.before):
            path = os.path.join(self.target.findings, name)
            if fails(self.target, path):
                found.append(name)
                with open(os.path.join(CACHE, "finding-%s-%s.log" % (self.target.name, name)), "w") as f:
                    f.write(text)
            else:
                os.unlink(path)
        book({"target": self.target.name, "code": self.code, "at": int(time.time()), "found": found,
              "cpu_s": round(usage.ru_utime + usage.ru_stime, 2), "runs": int(runs[-1]) if runs else 0,
              "cov": max(map(int, cov), default=0), "status": os.waitstatus_to_exitcode(status)})
        return found


class Runner:
    def __init__(self, args):
        self.args, self.live, self.ending, self.failed = args, {}, False, {}
        self.targets = targets(args.names)

    def due(self):
        """The target with the least time that is built, short of its goal, not running and without a new finding."""
        books, best = read_books(), None
        for t in self.targets:
            code = t.code()
            cpu_s = books.get((t.name, code), {"cpu_s": 0})["cpu_s"]
            if (cpu_s < self.args.seconds and self.failed.get(t.name) != code and t.built() and
                    t.name not in [s.target.name for s in self.live.values()] and (best is None or cpu_s < best[0])):
                best = (cpu_s, t)
        return best[1] if best else None

    def reap(self):
        pid, status, usage = os.wait4(-1, 0)
        s = self.live.pop(pid, None)
        if s is None:
            return
        found = s.over(status, usage)
        if found or os.waitstatus_to_exitcode(status) not in (0, 72):   # 72: libFuzzer was told to end
            self.failed[s.target.name] = s.code
            print("%s: exit %d, found %s" % (s.target.name, os.waitstatus_to_exitcode(status), found or "nothing that repeats"),
                  flush=True)

    def end(self, *_):
        self.ending = True
        for s in self.live.values():
            s.p.send_signal(signal.SIGTERM)

    def run(self):
        signal.signal(signal.SIGTERM, self.end)
        signal.signal(signal.SIGINT, self.end)
        while True:
            while not self.ending and len(self.live) < self.args.procs:
                t = self.due()
                if t is None:
                    break
                s = Slice(t, self.args.slice)
                self.live[s.p.pid] = s
                if self.ending:             # the signal came while the slice was being started
                    s.p.send_signal(signal.SIGTERM)
            if not self.live:
                return
            self.reap()


def run(args):
    os.makedirs(CACHE, exist_ok=True)
    lock = open(os.path.join(CACHE, "running"), "a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit("already running: process group %s" % open(lock.name).read().strip())
    if os.getpgrp() != os.getpid():
        os.setpgrp()
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    lock.truncate(0)
    lock.write("%d\n" % os.getpid())
    lock.flush()
    Runner(args).run()
    lock.truncate(0)
    table(args)


def table(args):
    books, total, bad = read_books(), 0.0, 0
    print("%-16s %8s %12s %6s %7s  %s" % ("target", "CPU h", "inputs", "edges", "corpus", "findings"))
    for t in targets(args.names):
        row = books.get((t.name, t.code()), {"cpu_s": 0.0, "runs": 0, "cov": 0})
        ever = sum(v["cpu_s"] for (name, _), v in books.items() if name == t.name)
        still = [os.path.basename(p) for p in t.open_findings()]
        n = len(glob.glob(os.path.join(t.corpus, "*")))
        print("%-16s %8.2f %12d %6d %7d  %s" % (t.name, row["cpu_s"] / 3600, row["runs"], row["cov"], n,
              " ".join(still) or "none open" + (", %.2f h of older code" % ((ever - row["cpu_s"]) / 3600)
                                                if ever > row["cpu_s"] + 36 else "")))
        total += row["cpu_s"]
        bad += len(still)
    print("%-16s %8.2f %40d open" % ("together", total / 3600, bad))
    return bad


def size_of(folder):
    return sum(os.path.getsize(p) for p in glob.glob(os.path.join(folder, "*")))


def merge(args):
    """Smallest first, what adds coverage to the committed corpus, up to CORPUS_MAX."""
    for t in targets(args.names):
        os.makedirs(t.seeds, exist_ok=True)
        if not glob.glob(os.path.join(t.corpus, "*")):
            continue
        with tempfile.TemporaryDirectory(dir=CACHE) as tmp:
            shutil.copytree(t.seeds, os.path.join(tmp, "c"))
            subprocess.run([t.program] + LIMITS + ["-merge=1", os.path.join(tmp, "c"), t.corpus], check=True, cwd=tmp,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            new = sorted(set(os.listdir(os.path.join(tmp, "c"))) - set(os.listdir(t.seeds)),
                         key=lambda n: os.path.getsize(os.path.join(tmp, "c", n)))
            room, kept = CORPUS_MAX - size_of(t.seeds), 0
            for n in new:
                room -= os.path.getsize(os.path.join(tmp, "c", n))
                if room < 0:
                    break
                shutil.copy(os.path.join(tmp, "c", n), os.path.join(t.seeds, n))
                kept += 1
        print("%-16s %4d of %4d new inputs, %6d bytes" % (t.name, kept, len(new), size_of(t.seeds)), flush=True)


def main():
    p = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    p.add_argument("what", choices=["run", "table", "merge"])
    p.add_argument("names", nargs="*", metavar="NAME")
    p.add_argument("--seconds", type=float, default=3600)
    p.add_argument("--procs", type=int, default=os.cpu_count())
    p.add_argument("--slice", type=int, default=120)
    args = p.parse_args()
    return 1 if {"run": run, "table": table, "merge": merge}[args.what](args) else 0


if __name__ == "__main__":
    sys.exit(main())
