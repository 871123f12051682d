#!/usr/bin/python3
"""The database goes away in the middle of a job: a short absence costs nothing, a long one
costs the run, and in neither does anything end twice."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402


def phase(n):
    return n.psql("SELECT coalesce(min(phase), '-') FROM core.lease WHERE kind = 1")


def served(n, consumer):
    return consumer.call("GET", "/api/v1/privacy/computations")[0] == 200


def again(n, ask):
    """What clients do after a 503, signed anew: a process of the front may find the database later than the one beside it."""
    def once():
        try:
            return ask()
        except AssertionError as e:
            if ": 503 " not in str(e):
                raise
        return None
    return n.wait(once, 30, "an answer but 503")


def main():
    need_root()
    t = Tap("check 15: ")
    with Node("worker-db", conf={"pool_size": 2, "pool_min": 2, "pool_max": 2}) as n:
        owner, consumer, lease = n.pair()
        n.psql("UPDATE core.setting SET value = '10000' WHERE name LIKE 'rate_%'")
        inputs = {"v": "data_456"}

        with t.case("a restart"):
            comp = consumer.submit(lease, "import time\ntime.sleep(2)\nprint('one')", inputs)
            n.wait(lambda: phase(n) == "running", 20, "running")
            worker = n.psql("SELECT worker FROM core.lease WHERE kind = 1")
            n.stop_part("pg", signal.SIGINT)
            n.start("pg")
            n.wait(lambda: served(n, consumer), 30, "the front is back")
            n.wait(lambda: n.psql("SELECT count(*) FROM core.done WHERE kind = 1") == "1", 30, "the job ends")
            r = consumer.wait(comp, 30)
            t.is_((r["status"], r["results"]["output"], r["attempt"]), ("completed", "one\n", 1), "the run goes on and its result counts")
            t.is_(n.psql("SELECT worker FROM core.done WHERE kind = 1"), worker, "under the same worker")

        with t.case("results made while it is away"):
            comp = again(n, lambda: consumer.submit(lease, "import time\ntime.sleep(1)\nopen('/out/f','wb').write(b'x' * 100000)\nprint('two')", inputs, idem="two"))
            n.wait(lambda: phase(n) == "running", 20, "running")
            job = n.psql("SELECT id FROM core.lease WHERE kind = 1")
            n.stop_part("pg", signal.SIGQUIT)       # a crash: recovery at the next start
            n.wait(lambda: job in [e["job_id"] for e in n.log_events("workerd", "job.finished")], 20,
                   "a finish that the database cannot hear")
            n.start("pg")
            n.wait(lambda: served(n, consumer), 30, "the front is back")
            r = consumer.wait(comp, 30)
            t.is_((r["status"], r["results"]["output"], r["attempt"]), ("completed", "two\n", 1), "they are handed in when it is back")
            t.is_(r["artifact_meta"][0]["size"], 100000, "with their files")

        with t.case("away for longer than the worker may believe in its lease"):
            comp = again(n, lambda: consumer.submit(lease, "import time\ntime.sleep(40)\nprint('three')", inputs, idem="three"))
            n.wait(lambda: phase(n) == "running", 20, "running")
            n.stop_part("pg", signal.SIGINT)
            n.wait(lambda: n.log_events("workerd", "worker.stale"), 20, "a missed beat")
            n.wait(lambda: n.log_events("workerd", "worker.cut_off"), 20, "the limit of 15 s")
            n.wait(lambda: not n.job_processes(), 3, "all dead")
            t.ok(True, "it kills its own job before others may be given it")
            n.start("pg")
            n.wait(lambda: served(n, consumer), 30, "the front is back")
            n.wait(lambda: n.psql("SELECT count(*) FROM core.attempt JOIN core.job USING (id) WHERE kind = 1") == "1" or phase(n) == "running",
                   30, "handed out again")
            n.wait(lambda: phase(n) == "running", 60, "running again")
            t.is_(n.psql("SELECT count(*) FROM core.done WHERE kind = 1"), "2", "the job has not ended")
            n.wait(lambda: consumer.call("POST", "/api/v1/privacy/results/%s/cancel" % comp, {})[0] == 200, 10, "a cancel")
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 1") == "0", 10, "no lease")

        with t.case("behind it"):
            t.is_(n.stop_part("workerd"), 0, "TERM ends the worker with 0")
            n.wait(lambda: not n.cgroups(), 10, "no cgroup")
            t.is_(sorted(os.listdir(n.path("spool"))), ["upload", "workerd.lock"], "an empty spool")
    t.done()


main()
