"""The sandbox alone: frames over a socketpair, no database.

Warm hand-over to outcome, child ready to the script's first line, kill to the last process dead,
a cold container with the same imports, trivial jobs a second from a pool, memory of idle containers.
"""
import os
import sys
import threading
import time

import bench

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hostile"))
from cases import container_uid, processes_of  # noqa: E402
from driver import Sandbox  # noqa: E402

IMAGES = os.environ.get("BENCH_SANDBOX_IMAGES", "minimal,data").split(",")
JOBS = int(os.environ.get("BENCH_SANDBOX_JOBS") or bench.within(300, 20))
LIMITS = {"memory_mb": 512, "disk_mb": 64}
TRIVIAL = "print(1)"


def times(metric, seconds, p50=None, p99=None):
    ms = [x * 1000 for x in seconds]
    bench.emit("sandbox", metric + ", p50", bench.median(ms), "ms", target=p50, n=len(ms))
    bench.emit("sandbox", metric + ", p99", bench.quantile(ms, 0.99), "ms", target=p99, n=len(ms))
    return bench.median(ms)


def warm(image):
    total, first, refill = [], [], []
    with Sandbox(image) as s:
        s.wait_ready()
        for _ in range(JOBS):
            t = time.monotonic()
            s.wait_ready()
            refill.append(time.monotonic() - t)
            t0 = time.monotonic()
            _, folder = s.submit(TRIVIAL, limits=LIMITS)
            sent = time.monotonic()
            r = s.result(folder, t0)
            assert r.reason is None, r
            at = {f["t"]: t for t, f in r.frames}
            first.append(at["started"] - sent)
            total.append(at["done"] - sent)
    times("%s: hand-over to first line" % image, first, p50="<= 3")
    times("%s: outcome to ready again" % image, refill)
    return times("%s: hand-over to outcome" % image, total, p50="<= 10", p99="<= 30")


def cold(image, warm_ms, ratio, n=bench.within(10, 3)):
    seen = []
    for _ in range(n):
        t = time.monotonic()
        with Sandbox(image) as s:
            s.run(TRIVIAL, limits=LIMITS)
            seen.append(time.monotonic() - t)
    ms = bench.median([x * 1000 for x in seen])
    bench.emit("sandbox", "%s: cold, start to outcome, p50" % image, ms, "ms", "warm", ms / warm_ms, ratio, n)


def isolation_job(image, n=bench.within(20, 3)):
    seen = []
    with Sandbox(image) as s:
        for _ in range(n):
            t = time.monotonic()
            s.run(TRIVIAL, limits=LIMITS, isolation="job")
            s.wait_ready()
            seen.append(time.monotonic() - t)
    times("%s: isolation job, ready to ready" % image, seen)


def kills(n=bench.within(50, 5)):
    code = "import os\nfor _ in range(20):\n    if os.fork() == 0:\n        while True: pass\nprint(1, flush=True)\nwhile True: pass"
    seen = []
    with Sandbox() as s:
        for _ in range(n):
            job, folder = s.submit(code, limits={**LIMITS, "wall_s": 60})
            s.until("usage")
            t = time.monotonic()
            s.send("kill", id=job, reason="CANCELLED")
            s.until("collecting")           # said once every process is dead
            seen.append(time.monotonic() - t)
            s.result(folder)
    times("kill of 21 busy processes, to the last one dead", seen, p99="<= 200")


def pool(size=3, seconds=bench.within(5)):
    boxes = [Sandbox("minimal", instance="b%d-%d" % (os.getpid(), i)) for i in range(size)]
    done = [0] * size
    for b in boxes:
        b.wait_ready()
    end = time.monotonic() + seconds

    def drive(i):
        while time.monotonic() < end:
            boxes[i].run(TRIVIAL, limits=LIMITS)
            done[i] += 1
    threads = [threading.Thread(target=drive, args=(i,)) for i in range(size)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    bench.emit("sandbox", "trivial jobs from a pool of %d" % size, sum(done) / seconds, "jobs/s", target=">= 60", n=sum(done))
    for b in boxes:
        b.close()


def memory(image):
    def pss(pids):
        total = 0
        for pid in pids:
            with open("/proc/%d/smaps_rollup" % pid) as f:
                total += next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        return total / 1024
    with Sandbox(image, instance="m%d-1" % os.getpid()) as a:
        a.wait_ready()
        one = processes_of(container_uid(a))
        alone = pss(one)
        with Sandbox(image, instance="m%d-2" % os.getpid()) as b:
            b.wait_ready()
            both = pss(one) + pss(processes_of(container_uid(b)))
    bench.emit("sandbox", "%s: first idle container" % image, alone, "MiB")
    bench.emit("sandbox", "%s: second idle container beside it" % image, both - alone, "MiB", "first", (both - alone) / alone,
               "<= 0.33")


def run():
    bench.about("The sandbox alone", "Frames over a socketpair, without a database: what a container and a clean child cost.", images=", ".join(IMAGES))
    for image in IMAGES:
        cold(image, warm(image), {"data": ">= 20", "torch": ">= 50"}.get(image))
        isolation_job(image)
        memory(image)
    kills()
    pool()
