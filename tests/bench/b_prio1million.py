"""prio1 as two servers run it, `darkroom prio run` on each, over as many records of 2000 bits as are asked for: CPU time of every process,
a stage and a server, bytes, peak memory.

It takes an hour and more, so it is asked for: DR_BENCH_RECORDS=1000000 DR_BENCH_SECONDS=14400 make bench BENCH=prio1million; without
it nothing is measured.  DR_BENCH_BATCH (250000): records that are on the disk at once, 115 kB each: a batch is sealed by the real encoder,
run by both servers at the same time, compared with its true sums, and removed; the replay ledger stays and grows over all of them.
DR_BENCH_SEALED (all): records that are sealed for themselves; the batches after them are runs over the same shares, with points and a ledger of
their own: sealing takes more CPU than both servers.  DR_BENCH_FOLDER (run/prio1million): where.  Encoding is a client's work and in no figure of the servers.
"""
import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import threading
import time

import yardstick
from bench import TOP, about, emit, point
from prio import DARKROOM, Pair

NAME, BITS, PART, ANSWERS = "prio1million", 2000, 3800, 64      # a part is 250 MB at A
RECORD_BYTES = 115_000          # a record: 65 kB sealed for A, 24 kB of state on each server, packets
SPARE_BYTES = 4 << 30
STAGES = ("verify1", "verify2", "aggregate", "published")
END_OF = re.compile(r"(\w+): \d+ parts delivered|(published): ")


def asked():
    """-> records in all, of a batch, and how many of all are sealed for themselves"""
    n = int(os.environ.get("DR_BENCH_RECORDS") or 0)
    size = min(n, int(os.environ.get("DR_BENCH_BATCH") or 250_000))
    return n, size, max(size, int(os.environ.get("DR_BENCH_SEALED") or n))


def room(folder, batch):
    need, free = batch * RECORD_BYTES + SPARE_BYTES, shutil.disk_usage(folder).free
    if free < need:
        raise RuntimeError("%s: batches of %d records need %.0f GB, %.0f GB are free; DR_BENCH_BATCH makes them smaller, DR_BENCH_FOLDER is elsewhere"
                           % (folder, batch, need / 1e9, free / 1e9))


class Answers:
    """Lines of a client's answers, and what they add up to."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        bits = [format(self.rng.getrandbits(BITS), "0%db" % BITS) for _ in range(ANSWERS)]
        self.columns = [[int(b[i]) for b in bits] for i in range(BITS)]
        self.lines = [b'{"payload":[%s]}\n' % ",".join(b).encode() for b in bits]
        self.times = [0] * ANSWERS

    def draw(self, n):
        chosen = [self.rng.randrange(ANSWERS) for _ in range(n)]
        for c in chosen:
            self.times[c] += 1
        return b"".join(self.lines[c] for c in chosen)

    def sums(self):
        return [sum(t * bit for t, bit in zip(self.times, column)) for column in self.columns]


def encode(pair, answers, n):
    """n sealed records as parts in raw/ of both, a client on each core -> CPU seconds"""
    lock = threading.Lock()

    def part(i):
        with lock:
            data = answers.draw(min(PART, n - i * PART))
        pair.encode("part-%05d.ndjson" % i, data, pair.path("a/raw"), pair.path("b/raw"))

    before = cpu_of_children()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as clients:
        list(clients.map(part, range(-(-n // PART))))
    shutil.rmtree(pair.path("clients"))
    pair.ready()
    return cpu_of_children() - before


def cpu_of_children():
    now = os.times()
    return now.children_user + now.children_system


class Server(threading.Thread):
    """One `darkroom prio run` from raw/ to processed/: what its process had used whenever it said that a stage is with the peer."""

    def __init__(self, pair, side, run, *more):
        super().__init__()
        self.side, self.error, self.cpu, self.rss_kib, self.io = side, None, {}, 0, {}
        argv = [DARKROOM, *map(str, pair.argv(side, "--run", run, "--raw-marker", "any", "--peer-deadline", "24h", "--retry-delay", "2", *more))]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.start()

    def look(self):
        """-> CPU seconds so far; the peak of memory and bytes read and written are kept"""
        proc = "/proc/%d/" % self.process.pid
        with open(proc + "status") as f:
            peak = re.search(r"VmHWM:\s+(\d+)", f.read())
        if peak:        # it may be over already, and say nothing of its memory
            self.rss_kib = int(peak.group(1))
        with open(proc + "io") as f:
            self.io = {k: int(v) for k, v in (line.split(": ") for line in f)}
        with open(proc + "schedstat") as f:
            return int(f.read().split()[0]) / 1e9

    def run(self):
        said, before = [], 0.0
        for line in self.process.stderr:
            said.append(line)
            end = END_OF.search(line)
            if end:
                now = self.look()
                self.cpu[end.group(1) or end.group(2)], before = now - before, now
        out = self.process.stdout.read()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.total_s = usage.ru_utime + usage.ru_stime
        self.cpu["published"] = self.cpu.get("published", 0) + self.total_s - before
        if self.process.returncode:
            self.error = "server %s: exit %d\n%s" % (self.side, self.process.returncode, "".join(said)[-2000:])
        else:
            self.tally = json.loads(out)["batches"][0]


def both(pair, run, *more):
    """Both servers at once, to their ends."""
    servers = []
    try:
        servers += [Server(pair, side, run, *more) for side in "AB"]
        for s in servers:
            s.join()
    finally:
        for s in servers:
            if s.process.returncode is None:        # our own time was over
                s.process.kill()
                s.join()
    return servers


def judge(pair, s, n, want):
    right = not s.error and pair.result(s.side)["payload"] == want
    if s.error or s.tally["accepted"] != n or not right:
        raise RuntimeError(s.error or "server %s: %d of %d accepted; the sums are %s" % (s.side, s.tally["accepted"], n, "right" if right else "wrong"))


def count(pair, figures, servers, n, wall_s):
    """What a batch took, added to what those before took; a figure's place is made by its first batch."""
    def add(key, value):
        figures[key] = figures.get(key, 0) + value

    add("n", n)
    add("wall", wall_s)
    for s in servers:
        add(("bytes", s.side), sum(e.stat().st_size for e in os.scandir(pair.path(s.side.lower(), "raw"))))
        add(("cpu", s.side), s.total_s)
        for stage, spent in s.cpu.items():
            add(("stage", s.side, stage), spent)
        for key in ("rchar", "wchar"):
            add((key, s.side), s.io[key])
        figures["rss", s.side] = max(figures.get(("rss", s.side), 0), s.rss_kib)
        point("peak memory of a server", s.rss_kib / 1024, "MiB", who=s.side)
        point("CPU a record", s.total_s * 1e6 / n, "us", who=s.side)


def batches(pair, n, size, sealed, figures):
    answers, again = None, 0
    for number, at in enumerate(range(0, n, size)):
        now = min(size, n - at)
        if at < sealed or now != size:
            shutil.rmtree(pair.path("a"))
            shutil.rmtree(pair.path("b"))
            os.mkdir(pair.path("a"))
            os.mkdir(pair.path("b"))
            answers = Answers(number)
            figures["encode"] = figures.get("encode", 0) + encode(pair, answers, now)
            figures["sealed"] = figures.get("sealed", 0) + now
        else:
            again += 1
            for side in "ab":
                shutil.rmtree(pair.path(side, "intermediate"))
                shutil.rmtree(pair.path(side, "processed"))
        t0 = time.monotonic()
        servers = both(pair, "batch %d" % number, "--family", "bits %d" % again)
        wall = time.monotonic() - t0
        for s in servers:
            judge(pair, s, now, answers.sums())
        count(pair, figures, servers, now, wall)
        print("# %d records: %.1f s of CPU" % (figures["n"], figures["cpu", "A"] + figures["cpu", "B"]), flush=True)


def run():
    n, size, sealed = asked()
    about("prio1, two servers from sealed shares to sums", "`darkroom prio run` on both servers at the same time over folders, own point a record, replay ledger, manifests, set agreement; "
          "all of both processes counts.", records=n, batch=size, sealed=sealed, bits=BITS)
    if n == 0:
        print("# left out: DR_BENCH_RECORDS=1000000 DR_BENCH_SECONDS=14400 asks for it; batches of 250,000 need 33 GB", flush=True)
        return
    folder = os.environ.get("DR_BENCH_FOLDER") or os.path.join(TOP, "run", NAME)
    os.makedirs(folder)
    figures = {}
    try:
        room(folder, size)
        batches(Pair(folder, bits=BITS, batch="bits"), n, size, sealed, figures)
    finally:
        shutil.rmtree(folder)
        if "n" in figures:      # also when the time was over: of the batches that ended
            say(figures["n"], figures)


def say(n, figures):
    yard = yardstick.x25519_us()
    spent = figures["cpu", "A"] + figures["cpu", "B"]
    emit(NAME, "CPU of both servers, a million records", spent * 1e6 / n / 60, "min", n=n, target="<= 15")
    yardstick.row(NAME, "prio1 run, both servers", "2000 bits, %d records" % n, median=spent * 1e6 / n, p10=spent * 1e6 / n, p90=spent * 1e6 / n, n=n, yard=yard,
                  baseline="libprio pipeline 2000", wall_us=round(figures["wall"] * 1e6 / n, 1))
    for side in "AB":
        for stage in STAGES:
            emit(NAME, "%s at %s, with its delivery" % (stage, side), figures["stage", side, stage] * 1e6 / n, "us a record", n=n)
        emit(NAME, "peak memory of %s" % side, figures["rss", side] / 1024, "MiB", n=n)
        emit(NAME, "sealed records of %s" % side, figures["bytes", side] / 1e9, "GB", n=n)
        emit(NAME, "read by %s" % side, figures["rchar", side] / 1e9, "GB", n=n)
        emit(NAME, "written by %s" % side, figures["wchar", side] / 1e9, "GB", n=n)
    emit(NAME, "wall of both servers, a million records", figures["wall"] * 1e6 / n / 60, "min", n=n)
    emit(NAME, "encoding by the clients, no part of the servers", figures["encode"] * 1e6 / figures["sealed"], "us a record", n=figures["sealed"])
