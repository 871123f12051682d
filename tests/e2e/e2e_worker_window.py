#!/usr/bin/python3
"""Runners that hold many jobs at once: a runner that dies costs only the job that it was at,
a long job keeps nobody behind it, and what waits in a window can be cancelled and handed on."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap  # noqa: E402


def submit(n, specs):
    """Queue noops at once, the ids in their order."""
    ids = n.psql("SELECT api.job_submit_many('system.noop', ARRAY[%s]::jsonb[])" % ",".join("'%s'" % s for s in specs))
    return ids.strip("{}").split(",")


def noops(n, k):
    return submit(n, ["{}"] * k)


def nap(ms):
    return '{"sleep_ms": %d}' % ms


def leased(n):
    return int(n.psql("SELECT count(*) FROM core.lease WHERE kind = 2"))


def done(n, ids):
    return int(n.psql("SELECT count(*) FROM core.done WHERE id = ANY ('{%s}')" % ",".join(ids)))


def ends(n, ids):
    """(state, attempt) of each, in the order of ids; a job that ended twice is there twice."""
    return n.rows("SELECT d.state, d.attempt FROM unnest('{%s}'::uuid[]) WITH ORDINALITY u(id, o) JOIN core.done d USING (id) ORDER BY o" % ",".join(ids))


def runners(n):
    """Pids of the runners of workerd."""
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as f:
                ppid = int(f.read().rsplit(")", 1)[1].split()[1])
            if ppid == n.pid("workerd") and os.readlink("/proc/%s/exe" % pid).endswith("darkroom-runner"):
                out.append(int(pid))
        except (OSError, IndexError):
            continue
    return out


def signal_runners(n, sig):
    for pid in runners(n):
        os.kill(pid, sig)


def running(n, job):
    return n.psql("SELECT phase FROM core.lease WHERE id = '%s'" % job) == "running"


def prime(n):
    """Let the worker see that noops are short."""
    signal_runners(n, signal.SIGCONT)
    for _ in range(2):
        ids = noops(n, 100)
        n.wait(lambda: done(n, ids) == 100, 10, "a hundred noops")


def fresh(n, size):
    """A worker with so many runners."""
    n.stop_part("workerd")
    n.conf["light_size"] = size
    n.write_conf()
    n.start("workerd")
    prime(n)


def main():
    t = Tap()
    with Node("worker-window", parts=("pg",), conf={"lanes": "light", "pool_size": 0, "pool_min": 0}) as n:
        n.psql("UPDATE core.setting SET value = '100' WHERE name = 'crash_max'")

        with t.case("killed before any of its jobs began"):
            fresh(n, 1)
            signal_runners(n, signal.SIGSTOP)
            ids = noops(n, 16)
            n.wait(lambda: leased(n) == 16, 10, "sixteen leased")
            signal_runners(n, signal.SIGKILL)
            n.wait(lambda: done(n, ids) == 16, 20, "all done")
            t.is_(ends(n, ids), [("completed", "1")] * 16, "all sixteen complete elsewhere, at their first attempt")
            t.is_(n.psql("SELECT count(*) FROM core.attempt"), "0", "no run is counted")

        with t.case("killed at the first of its jobs"):
            prime(n)
            ids = submit(n, [nap(1500)] + ["{}"] * 15)
            n.wait(lambda: running(n, ids[0]), 10, "the first runs")
            signal_runners(n, signal.SIGKILL)
            n.wait(lambda: done(n, ids) == 16, 30, "all done")
            t.is_(ends(n, ids), [("completed", "2")] + [("completed", "1")] * 15, "it counts for the one that had begun, and for no other")
            t.is_(n.rows("SELECT reason, started FROM core.attempt"), [("WORKER_LOST", "t")], "one run was lost")

        with t.case("cancelled while it waits in a window"):
            prime(n)
            signal_runners(n, signal.SIGSTOP)
            ids = noops(n, 8)
            n.wait(lambda: leased(n) == 8, 10, "eight leased")
            n.psql("SELECT core.job_cancel('%s', 'node')" % ids[2])
            n.wait(lambda: [e for e in n.log_events("workerd", "job.cancelled") if e["job_id"] == ids[2]], 10, "told to the worker")
            signal_runners(n, signal.SIGCONT)
            n.wait(lambda: done(n, ids) == 8, 20, "all done")
            t.is_(ends(n, ids), [("completed", "1")] * 2 + [("cancelled", "1")] + [("completed", "1")] * 5, "it is cancelled, the others complete")
            t.is_(n.psql("SELECT started_at IS NULL FROM core.done WHERE id = '%s'" % ids[2]), "t", "it never began")

        with t.case("the first cancelled"):
            prime(n)
            ids = submit(n, [nap(600000)] + ["{}"] * 15)
            n.wait(lambda: running(n, ids[0]), 10, "the first runs")
            n.psql("SELECT core.job_cancel('%s', 'node')" % ids[0])
            n.wait(lambda: done(n, ids) == 16, 20, "all done")
            t.is_(ends(n, ids), [("cancelled", "1")] + [("completed", "1")] * 15, "the others complete")

        with t.case("past its deadline"):
            prime(n)
            n.psql("UPDATE core.kind SET timeout_ms = 400 WHERE id = 2")
            ids = submit(n, [nap(600000)] + ["{}"] * 15)
            n.psql("UPDATE core.kind SET timeout_ms = 60000 WHERE id = 2")
            n.wait(lambda: done(n, ids) == 16, 30, "all done")
            t.is_(ends(n, ids)[1:], [("completed", "1")] * 15, "the others complete")
            t.is_(n.psql("SELECT state || ' ' || reason FROM core.done WHERE id = '%s'" % ids[0]), "failed TIMEOUT", "it fails as TIMEOUT")

        with t.case("a long job"):
            fresh(n, 2)
            ids = submit(n, [nap(600000)] + ["{}"] * 400)
            n.wait(lambda: done(n, ids[1:]) == 400, 10, "all others done")
            t.ok(running(n, ids[0]), "those behind it go to another runner, and it is known as running")
            n.psql("SELECT core.job_cancel('%s', 'node')" % ids[0])

        with t.case("runners killed all the time"):
            ids = submit(n, [nap(2)] * 600)
            for _ in range(12):
                before = done(n, ids)
                n.wait(lambda: done(n, ids) != before or before == 600, 20, "something is done")
                signal_runners(n, signal.SIGKILL)
            n.wait(lambda: done(n, ids) == 600, 60, "all done")
            got = ends(n, ids)
            t.is_((len(got), set(s for s, _ in got)), (600, {"completed"}), "every job completes, once")
            t.ok(sum(int(a) - 1 for _, a in got) <= 24, "two runners died twelve times: at most 24 runs were begun in vain")

        with t.case("the worker killed with full windows"):
            ids = submit(n, [nap(2)] * 600)
            n.wait(lambda: leased(n) > 10, 20, "windows filled")
            n.kill("workerd")
            n.start("workerd")
            n.wait(lambda: done(n, ids) == 600, 60, "all done")
            got = ends(n, ids)
            t.is_((len(got), set(s for s, _ in got)), (600, {"completed"}), "every job completes, once")

        with t.case("behind it"):
            n.wait(lambda: leased(n) == 0, 10, "no lease")
            t.is_(n.stop_part("workerd"), 0, "TERM ends the worker with 0")
            t.is_([e["why"] for e in n.log_events("workerd", "container.lost") if e["why"] in ("garbled", "silent", "start_timeout")], [],
                  "no runner was lost for what it said or did not say")
    t.done()


main()
