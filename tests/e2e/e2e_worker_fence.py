#!/usr/bin/python3
"""A worker that sleeps past its time to live wakes up to nothing: its jobs ran elsewhere and
its results are thrown away.  And of two workers one may be lost without losing a job."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, Node, Tap, need_root  # noqa: E402

SLEEPY = "import time\nprint('begun', flush=True)\ntime.sleep(%g)\nprint('end')"


def main():
    need_root()
    t = Tap("check 15: ")
    with Node("worker-fence", workers=2, conf={"pool_size": 1, "pool_min": 1, "pool_max": 1}) as n:
        owner, consumer, _ = n.pair()
        n.psql("UPDATE core.setting SET value = '10000' WHERE name LIKE 'rate_%'")
        lease = owner.grant(consumer, ["data_456"], max_runs=1000)
        inputs = {"v": "data_456"}

        def holder():
            """The harness's name of the worker that holds the one running job."""
            pid = n.psql("SELECT w.pid FROM core.lease l JOIN core.worker w ON w.id = l.worker WHERE l.kind = 1")
            return next((p for p in ("workerd", "workerd2") if pid == str(n.pid(p))), None)

        def live():
            return n.psql("SELECT count(*) FROM core.worker WHERE state = 'live'")

        n.wait(lambda: n.psql("SELECT count(*) FROM core.worker WHERE state = 'live' AND (pool->>'ready')::int > 0") == "2",
               30, "two workers")

        with t.case("stopped past its time to live"):
            comp = consumer.submit(lease, SLEEPY % 2, inputs)
            n.wait(lambda: n.psql("SELECT phase FROM core.lease WHERE kind = 1") == "running", 20, "running")
            who = holder()
            first = n.psql("SELECT worker FROM core.lease WHERE kind = 1")
            n.kill(who, signal.SIGSTOP)
            n.wait(lambda: n.psql("SELECT count(*) FROM core.done WHERE kind = 1") == "1", 60, "done elsewhere")
            row = n.psql("SELECT worker, state, finished_at FROM core.done WHERE kind = 1")
            t.ok(row.split("|")[0] != first and row.split("|")[1] == "completed", "the other worker ran it to its end")
            n.kill(who, signal.SIGCONT)
            n.wait(lambda: live() == "2", 30, "joined anew")
            t.is_(n.psql("SELECT worker, state, finished_at FROM core.done WHERE kind = 1"), row,
                  "the sleeper's result changes nothing")
            t.is_(consumer.result(comp)["results"]["output"], "begun\nend\n", "the reader sees one result")
            t.is_(n.psql("SELECT count(*) FROM core.artifact WHERE class = 'stdout'"), "1", "and one set of files")
            t.is_(n.psql("SELECT runs_used + (SELECT count(*) FROM core.run_note WHERE used) FROM core.data_lease WHERE max_runs = 1000"), "1", "one run is used")
            n.wait(lambda: [d for d in os.listdir(n.path("spool")) + os.listdir(n.path("spool-workerd2")) if len(d) == 36] == [],
                   10, "empty spools")

        with t.case("two workers, one killed"):
            comps = [consumer.submit(lease, "import time\ntime.sleep(0.2)\nprint(%d)" % i, inputs) for i in range(12)]
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 1") == "2", 20, "both busy")
            n.kill("workerd2")
            out = [consumer.wait(c, 90) for c in comps]
            t.ok(all(r["status"] == "completed" and r["results"]["output"] == "%d\n" % i for i, r in enumerate(out)),
                 "every job completes with its own output")
            n.wait(lambda: live() == "1", 40, "the dead one has been given up")
            n.start("workerd2")
            n.wait(lambda: live() == "2", 30, "two again")
            t.is_(n.stop_part("workerd2"), 0, "and ends with 0")

        with t.case("the same spool twice"):
            n.spawn("workerd3", [os.path.join(BUILD, "darkroom-workerd"), "-c", n.path("conf", "workerd.conf")])
            t.is_(n.procs.pop("workerd3").wait(20), 100, "a second workerd on one spool_dir refuses to start")
            t.like(n.log("workerd3"), "spool_dir: in use by process %d" % n.pid("workerd"), "and says whose it is")
    t.done()


main()
