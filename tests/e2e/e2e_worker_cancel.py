#!/usr/bin/python3
"""Cancel in every phase, twice, and racing the end: one final state, and no process of the
job is alive a second later."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402

ENDLESS = """
import os, signal, time
for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(s, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        break
time.sleep(600)
"""


def phase(n):
    return n.psql("SELECT coalesce(min(phase), '-') FROM core.lease WHERE kind = 1")


def state(n, comp):
    return n.rows("SELECT d.state, d.reason FROM core.done d JOIN core.computation c ON c.job_id = d.id "
                  "WHERE core.comp_id(c.public_id) = '%s'" % comp)


def main():
    need_root()
    t = Tap("check 26: ")
    with Node("worker-cancel", conf={"pool_size": 2, "pool_min": 2, "pool_max": 2}) as n:
        owner, consumer, _ = n.pair()
        n.psql("UPDATE core.setting SET value = '10000' WHERE name LIKE 'rate_%'")
        lease = owner.grant(consumer, ["data_456"], max_runs=1000)
        inputs = {"v": "data_456"}

        def cancel(comp):
            return consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp, {})

        with t.case("running"):
            comp = consumer.submit(lease, ENDLESS, inputs)
            n.wait(lambda: phase(n) == "running", 20, "running")
            n.wait(lambda: n.job_processes(), 5, "its processes")
            began = time.monotonic()
            r = cancel(comp)
            n.wait(lambda: not n.job_processes(), 1 - (time.monotonic() - began), "all dead")
            t.ok(True, "a script that ignores signals and has left its session is gone within a second (%.0f ms)"
                 % ((time.monotonic() - began) * 1000))
            t.is_(state(n, comp), [("cancelled", "CANCELLED")], "it is cancelled")
            t.is_(consumer.result(comp)["reason_code"], "CANCELLED", "and reads so")
            t.is_(cancel(comp).get("status"), r.get("status"), "cancelling again answers the same")
            n.wait(lambda: n.psql("SELECT (pool->>'ready')::int FROM core.worker WHERE state = 'live'") == "2", 20, "a full pool")
            t.ok(True, "the pool is full again")

        with t.case("queued"):
            busy = [consumer.submit(lease, ENDLESS, inputs) for _ in range(2)]
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 1 AND phase = 'running'") == "2", 20, "both busy")
            comp = consumer.submit(lease, "print(1)", inputs)
            cancel(comp)
            t.is_(state(n, comp), [("cancelled", "CANCELLED")], "a waiting job never starts")
            t.is_(n.psql("SELECT count(*) FROM core.done WHERE reason = 'CANCELLED' AND started_at IS NULL"), "1", "and never did")
            for c in busy:
                cancel(c)
            n.wait(lambda: not n.job_processes(), 1.5, "all dead")

        with t.case("in the middle of collecting"):
            comp = consumer.submit(lease, "for i in range(60): open(f'/out/{i}','wb').write(b'x' * 400000)", inputs)
            n.wait(lambda: phase(n) in ("collecting", "-"), 20, "collecting")
            cancel(comp)
            final = state(n, comp)
            t.ok(final in ([("cancelled", "CANCELLED")], [("completed", "")]), "one of the two ends: %r" % final)
            n.wait(lambda: not n.job_processes(), 1.5, "all dead")

        with t.case("racing completion"):
            seen = {}
            for i in range(40):
                comp = consumer.submit(lease, "print(1)", inputs)
                end = time.monotonic() + i * 0.001
                while time.monotonic() < end:       # spread over the run: 0..40 ms after the submit
                    pass
                cancel(comp)
                r = consumer.wait(comp, 20)
                key = r["status"] + " " + str(r.get("reason_code"))
                seen[key] = seen.get(key, 0) + 1
                rows = state(n, comp)
                if len(rows) != 1 or (rows[0][0] == "completed") != (r["status"] == "completed"):
                    t.ok(False, "racing: %r against %r" % (rows, r))
            t.ok(set(seen) <= {"completed None", "failed CANCELLED"}, "forty races end in one state each: %r" % seen)
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 1") == "0", 10, "no lease")
            n.wait(lambda: not n.job_processes(), 2, "all dead")
            t.is_(n.psql("SELECT runs_held - (SELECT count(*) FROM core.run_note) FROM core.data_lease WHERE max_runs = 1000"), "0",
                  "no run of the lease stays reserved")

        with t.case("the light lane"):
            job = n.psql("SELECT api.job_submit('system.noop', '{\"sleep_ms\": 600000}')")
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 2") == "1", 10, "claimed")
            n.psql("SELECT core.job_cancel('%s', 'node')" % job)
            n.wait(lambda: n.psql("SELECT (pool->'light'->>'busy')::int FROM core.worker WHERE state = 'live'") == "0" and
                   n.log_events("workerd", "job.cancelled")[-1]["job_id"] == job, 10, "the runner is free")
            t.ok(True, "a light job is cancelled, too")

        with t.case("deadlines"):
            r = consumer.run(lease, "while True: pass", inputs, limits={"wall_s": 1})
            t.is_(r["reason_code"], "TIMEOUT", "an endless loop ends at its deadline")

        with t.case("behind it"):
            t.is_(n.stop_part("workerd"), 0, "TERM ends the worker with 0")
            n.wait(lambda: not n.cgroups(), 10, "no cgroup")
    t.done()


main()
