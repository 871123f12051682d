"""Warm and cold: POST -> completed through the whole stack, enqueue -> start, cancel -> last process dead, RSS.

One node with a pool of three; the clock of the client measures what a client sees, the rows
(clock of the database) what the queue does.
"""
import threading
import time

from bench import Node, about, children, emit, lift_limits, median, quantile, rss_kib


def post_to_completed(n, consumer, lease, count):
    ms = []
    for _ in range(count):
        t0 = time.monotonic()
        r = consumer.run(lease, "print(1)", {"features": "data_456"})
        ms.append((time.monotonic() - t0) * 1e3)
        assert r["status"] == "completed", r
    return ms


def enqueue_to_start(n, rate, seconds):
    """system.noop at a steady rate straight into the queue: created_at -> claimed, by the database's clock."""
    stop = time.monotonic() + seconds
    ids, k, t0 = [], 0, time.monotonic()
    sql = n.psql_session()
    while time.monotonic() < stop:
        delay = t0 + k / rate - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        sql.send("SELECT api.job_submit('system.noop', '{}'); SELECT api.job_ring(2::smallint);")
        k += 1
    sql.close()
    n.wait(lambda: n.psql("SELECT count(*) FROM core.done WHERE kind = 2") == str(k), 30, "all noops done")
    rows = n.rows("SELECT extract(epoch FROM d.started_at - j.created_at) * 1000 FROM core.done d JOIN core.job j USING (id) WHERE d.kind = 2")
    return [float(r[0]) for r in rows]


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
    about("Warm and cold", "POST to completed as a client sees it, through nginx, front, database, worker and container; enqueue to start by the database's clock.",
          node="three warm containers, one worker; synchronous_commit and fsync on")
    images = ("minimal", "data")
    with Node("bench-start", images=images, fsync=True, conf={"pool_size": 3, "pool_max": 3, "pool_min": 3}) as n:
        lift_limits(n)
        _, consumer, lease = n.pair()
        post_to_completed(n, consumer, lease, 20)
        ms = post_to_completed(n, consumer, lease, 200)
        emit("warm", "POST -> completed, p50", median(ms), "ms", target="<= 30", n=len(ms))
        emit("warm", "POST -> completed, p99", quantile(ms, 0.99), "ms", target="<= 150", n=len(ms))
        warm = median(ms)
        t0, done, lock = time.monotonic(), [0], threading.Lock()

        def loop():
            while time.monotonic() - t0 < 8:
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
        ms = enqueue_to_start(n, 100, 10)
        emit("queue", "enqueue -> start at 100/s, p50", median(ms), "ms", target="<= 1.5", n=len(ms))
        emit("queue", "enqueue -> start at 100/s, p99", quantile(ms, 0.99), "ms", target="<= 5", n=len(ms))
        ms = cancel_latency(n, consumer, lease, 30)
        emit("cancel", "cancel -> last process dead, p50", median(ms), "ms", n=len(ms))
        emit("cancel", "cancel -> last process dead, p99", quantile(ms, 0.99), "ms", target="<= 1000", n=len(ms))
        for name, pids in (("darkroom-fcgi (largest process)", children(n.pid("fcgi"))), ("darkroom-workerd", [n.pid("workerd")])):
            emit("rss", name, max(rss_kib(p) for p in pids) / 1024, "MiB", target="<= 32", n=len(pids))
