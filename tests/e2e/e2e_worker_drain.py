#!/usr/bin/python3
"""TERM: no further claim, running jobs end within the grace period, the rest run elsewhere;
a second TERM ends at once; with the database away it ends, too."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402


LONG_MS, SHORT_MS = 25000, 3000     # of grace; on a loaded machine only the distance between the two can be told


def running(n):
    return n.psql("SELECT count(*) FROM core.lease WHERE kind = 1 AND phase = 'running'")


def main():
    need_root()
    t = Tap("check 25: ")
    with Node("worker-drain", conf={"pool_size": 2, "pool_min": 2, "pool_max": 2, "grace_ms": LONG_MS}) as n:
        owner, consumer, lease = n.pair()
        n.psql("UPDATE core.setting SET value = '10000' WHERE name LIKE 'rate_%'")
        inputs = {"v": "data_456"}

        def script(seconds, word):
            return "import time\ntime.sleep(%g)\nprint('%s')" % (seconds, word)

        def restart(grace_ms=LONG_MS):
            n.conf.update(grace_ms=grace_ms)
            n.write_conf()
            n.start("workerd")
            n.wait(n.pool_ready, 60, "a warm container")

        with t.case("within the grace period"):
            comps = [consumer.submit(lease, script(1, i), inputs) for i in range(6)]
            n.wait(lambda: running(n) == "2", 20, "both busy")
            t.is_(n.stop_part("workerd"), 0, "TERM under load: 0")
            t.is_(n.psql("SELECT count(*) FROM core.done WHERE kind = 1 AND state = 'completed'"), "2", "what ran has ended")
            t.is_(n.psql("SELECT count(*) FROM core.lease"), "0", "nothing is held")
            t.is_(n.psql("SELECT count(*) FROM core.ready WHERE kind = 1"), "4", "the rest waits")
            restart(SHORT_MS)
            out = [consumer.wait(c, 60) for c in comps]
            t.ok(all(r["status"] == "completed" and r["results"]["output"] == "%d\n" % i for i, r in enumerate(out)), "and runs elsewhere")
            t.is_(n.psql("SELECT max(attempt) FROM core.done WHERE kind = 1"), "1", "without a second run")

        with t.case("past it"):
            comp = consumer.submit(lease, script(60, "late"), inputs)
            n.wait(lambda: running(n) == "1", 20, "running")
            began = time.monotonic()
            t.is_(n.stop_part("workerd"), 0, "TERM: 0")
            t.ok(2.5 < time.monotonic() - began < 20, "after the grace period (%.1f s)" % (time.monotonic() - began))
            t.is_(n.psql("SELECT count(*) FROM core.lease WHERE kind = 1"), "0", "the job is handed back")
            t.ok(not n.cgroups(), "no cgroup is left")
            consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp, {})
            restart()

        with t.case("a second TERM"):
            comp = consumer.submit(lease, script(60, "late"), inputs)
            n.wait(lambda: running(n) == "1", 20, "running")
            began = time.monotonic()
            before = len(n.log_events("workerd", "worker.draining"))
            n.kill("workerd", signal.SIGTERM)
            n.wait(lambda: len(n.log_events("workerd", "worker.draining")) > before, 5, "draining")
            t.is_(n.stop_part("workerd"), 0, "0 again")
            t.ok(time.monotonic() - began < 15, "at once (%.1f s)" % (time.monotonic() - began))
            consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp, {})
            restart()

        with t.case("drained by an operator"):
            n.psql("SELECT api.worker_drain(id) FROM core.worker WHERE state = 'live'")
            comp = consumer.submit(lease, script(0, "paused"), inputs)
            n.wait(lambda: n.log_events("workerd", "worker.paused"), 10, "paused")
            t.is_(consumer.result(comp)["status"], "pending", "a drained worker claims nothing")
            t.is_(n.stop_part("workerd"), 0, "and ends with 0")
            restart()
            t.is_(consumer.wait(comp, 30)["status"], "completed", "the next one does")

        with t.case("HUP"):
            n.conf.update(pool_size=3, pool_max=3)
            n.write_conf()
            n.kill("workerd", signal.SIGHUP)
            n.wait(lambda: n.psql("SELECT (pool->>'ready')::int FROM core.worker WHERE state = 'live'") == "3", 20, "three containers")
            t.ok(True, "a new size takes effect without a restart")

        with t.case("the database away"):
            n.stop_part("pg", signal.SIGINT)
            t.is_(n.stop_part("workerd"), 0, "TERM without a database: 0")
            t.ok(not n.cgroups(), "no cgroup is left")
    t.done()


main()
