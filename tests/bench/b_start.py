"""Warm and cold: POST -> completed through the whole stack, enqueue -> start, cancel -> last process dead, RSS.

One node with a pool of three; the clock of the client measures what a client sees, pace.py what the queue does.
"""
import threading
import time

from bench import Node, about, children, emit, lift_limits, median, quantile, rss_kib, within
from pace import Paced


def post_to_completed(n, consumer, lease, count):
    ms = []
    for _ in range(count):
        t0 = time.monotonic()
        r = consumer.run(lease, "print(1)", {"features": "data_456"})
        ms.append((time.monotonic() - t0) * 1e3)
        assert r["status"] == "completed", r
    return ms


def cancel_latency(n, consumer, lease, count):
    """POST cancel -> no process of the job's cgroup left; the job marks itself by its command line."""
    ms = []
    for i in range(count):
        comp = consumer.submit(lease, "import time\nprint('up', flush=True)\ntime.sleep(600)", {"features": "data_456"})
        n.wait(lambda: consumer.result(comp)["phase"] == "running", 20, "running")
        t0 = time.monotonic()
        consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp)
        n.wait(lambda: not n.job_processes(), 10, "last process gone")
        ms.append((time.monotonic() - t0) * 1e3)
    return ms


def cold_start(n, image):
    """A container from nothing to its zygote's `ready`, as the runner measured it."""
    rows = n.log_events("workerd", "container.ready")
    return [r["startup_ms"] for r in rows if r.get("image") == image]


def run():
    about("Warm and cold", "POST to completed as a client sees it, through nginx, front, database, worker and container; enqueue to start from the submit's sending to the job's first line.",
          node="three warm containers, one worker; synchronous_commit and fsync on")
    images = ("minimal", "data")
    with Node("bench-start", images=images, fsync=True, conf={"pool_size": 3, "pool_max": 3, "pool_min": 3}) as n:
        lift_limits(n)
        _, consumer, lease = n.pair()
        post_to_completed(n, consumer, lease, 20)
        ms = post_to_completed(n, consumer, lease, within(200, 20))
        emit("warm", "POST -> completed, p50", median(ms), "ms", target="<= 30", n=len(ms))
        emit("warm", "POST -> completed, p99", quantile(ms, 0.99), "ms", target="<= 150", n=len(ms))
        warm = median(ms)
        t0, done, lock = time.monotonic(), [0], threading.Lock()

        def loop():
            while time.monotonic() - t0 < within(8):
                consumer.run(lease, "print(1)", {"features": "data_456"})
                with lock:
                    done[0] += 1
        ts = [threading.Thread(target=loop) for _ in range(6)]
        [t.start() for t in ts]
        [t.join() for t in ts]
        emit("warm", "trivial scripts per second, pool of 3", done[0] / (time.monotonic() - t0), "1/s", target=">= 60", n=done[0])
        cold = cold_start(n, "minimal")
        if cold:
            emit("cold", "container from nothing to ready, minimal, p50", median(cold), "ms", "warm POST -> completed", median(cold) / warm, ">= 10", len(cold))
        r = [consumer.run(lease, "print(1)", {"features": "data_456"}, image="data") for _ in range(3)]
        cold = cold_start(n, "data")
        if cold:
            emit("cold", "container from nothing to ready, data, p50", median(cold), "ms", "warm POST -> completed", median(cold) / warm, ">= 20", len(cold))
        assert all(x["status"] == "completed" for x in r)
        ms = cancel_latency(n, consumer, lease, within(30, 5))
        emit("cancel", "cancel -> last process dead, p50", median(ms), "ms", n=len(ms))
        emit("cancel", "cancel -> last process dead, p99", quantile(ms, 0.99), "ms", target="<= 1000", n=len(ms))
        for name, pids in (("darkroom-fcgi (largest process)", children(n.pid("fcgi"))), ("darkroom-workerd", [n.pid("workerd")])):
            emit("rss", name, max(rss_kib(p) for p in pids) / 1024, "MiB", target="<= 32", n=len(pids))
        n.stop_part("workerd")
        with Paced(n) as paced:
            n.wait(n.pool_ready, 60, "the pool, which is not to warm up meanwhile")
            ms = paced.run(100, within(10))
        emit("queue", "enqueue -> start at 100/s, p50", median(ms["start"]), "ms", target="<= 1.5", n=len(ms["start"]))
        emit("queue", "enqueue -> start at 100/s, p99", quantile(ms["start"], 0.99), "ms", target="<= 5", n=len(ms["start"]))
        emit("queue", "row -> claim at 100/s, p50", median(ms["claim"]), "ms", n=len(ms["claim"]))
        emit("queue", "row -> claim at 100/s, p99", quantile(ms["claim"], 0.99), "ms", n=len(ms["claim"]))
