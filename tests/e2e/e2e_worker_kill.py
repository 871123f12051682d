#!/usr/bin/python3
"""SIGKILL of workerd, of its runners and of whole workers in every phase of a job: the
job ends exactly once, completed, and nothing of the dead is left."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402

# Each script tells by a file in /out or by its phase that it has come so far.
SLEEPY = "import time\nprint('begun', flush=True)\ntime.sleep(1.5)\nprint('end')"


def phase(n):
    return n.psql("SELECT coalesce(min(phase), '-') FROM core.lease WHERE kind = 1")


def runners(n, name):
    """Pids of the direct children of workerd that run the program of that name."""
    out = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as f:
                stat = f.read()
            ppid = int(stat.rsplit(")", 1)[1].split()[1])
            if ppid == n.pid("workerd") and os.readlink("/proc/%s/exe" % pid).endswith(name):
                out.append(int(pid))
        except (OSError, IndexError):
            continue
    return out


def ended_once(n, t, consumer, comp, what, output="begun\nend\n"):
    r = consumer.wait(comp, 60)
    t.is_((r["status"], r.get("results", {}).get("output")), ("completed", output), what + ": it completes")
    t.is_(n.psql("SELECT count(*) FROM core.done WHERE kind = 1 AND id NOT IN (SELECT job_id FROM core.computation WHERE finished_at IS NULL)"
                 " GROUP BY id ORDER BY 1 DESC LIMIT 1"), "1", what + ": once")


def restart(n):
    n.start("workerd")
    n.wait(n.pool_ready, 60, "a warm container")


def main():
    need_root()
    t = Tap("check 15: ")
    with Node("worker-kill", conf={"pool_size": 2, "pool_min": 2, "pool_max": 2}) as n:
        owner, consumer, _ = n.pair()
        n.psql("UPDATE core.setting SET value = '10000' WHERE name LIKE 'rate_%'")
        lease = owner.grant(consumer, ["data_456"], max_runs=1000)
        inputs = {"v": "data_456"}

        with t.case("workerd killed while the script runs"):
            comp = consumer.submit(lease, SLEEPY, inputs)
            n.wait(lambda: phase(n) == "running", 20, "running")
            n.kill("workerd")
            restart(n)
            ended_once(n, t, consumer, comp, "killed in running")
            t.is_(n.psql("SELECT runs_used + (SELECT count(*) FROM core.run_note WHERE used) FROM core.data_lease WHERE max_runs = 1000"), "1", "one run of the lease is used")

        with t.case("workerd killed at once after the claim"):
            for i in range(5):
                n.kill("workerd", signal.SIGSTOP)
                comp = consumer.submit(lease, "print('begun\\nend')", inputs)
                n.kill("workerd", signal.SIGCONT)
                n.wait(lambda: phase(n) != "-" or consumer.result(comp)["status"] != "pending", 20, "claimed")
                n.kill("workerd")
                restart(n)
                ended_once(n, t, consumer, comp, "killed after claim %d" % i)

        with t.case("workerd killed while results are collected"):
            comp = consumer.submit(lease, "for i in range(60): open(f'/out/{i}','wb').write(b'x' * 400000)\nprint('begun\\nend')", inputs)
            n.wait(lambda: phase(n) in ("collecting", "-") or consumer.result(comp)["status"] != "pending", 20, "collecting")
            n.kill("workerd")
            restart(n)
            ended_once(n, t, consumer, comp, "killed in collecting")
            t.is_(len(consumer.result(comp)["artifact_meta"]), 60, "with all of its artifacts")

        with t.case("the runner killed while the script runs"):
            comp = consumer.submit(lease, SLEEPY, inputs)
            n.wait(lambda: phase(n) == "running", 20, "running")
            killed = runners(n, "darkroom-sandbox")
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            ended_once(n, t, consumer, comp, "runner killed")
            n.wait(lambda: not [g for g in n.cgroups() for pid in killed if "-%d-" % pid in g], 20, "their groups swept")
            t.ok(True, "the worker sweeps what they left")
            t.is_(n.psql("SELECT count(*) FROM core.worker WHERE state = 'live'"), "1", "the worker lives on")
            n.wait(lambda: len(runners(n, "darkroom-sandbox")) == 2, 20, "two containers")
            t.ok(True, "and its pool is at its target")

        with t.case("light runners killed"):
            job = n.psql("SELECT api.job_submit('system.noop', '{\"sleep_ms\": 1000}')")
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 2") == "1", 10, "noop claimed")
            for pid in runners(n, "darkroom-runner"):
                os.kill(pid, signal.SIGKILL)
            n.wait(lambda: n.psql("SELECT state FROM core.done WHERE id = '%s'" % job) == "completed", 40, "noop again")
            t.ok(True, "the job is run again and completes")

        with t.case("twelve kills at random moments"):
            comps = [consumer.submit(lease, "import time\ntime.sleep(0.3)\nprint(%d)" % i, inputs) for i in range(24)]
            for i in range(12):
                before = n.psql("SELECT count(*) FROM core.done WHERE kind = 1")
                n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 1") != "0" or
                       n.psql("SELECT count(*) FROM core.done WHERE kind = 1") != before, 20, "something happens")
                n.kill("workerd")
                n.start("workerd")
            out = [consumer.wait(c, 90) for c in comps]
            bad = [r for r in out if r["status"] != "completed" and r.get("reason_code") != "QUARANTINED"]
            t.is_(bad, [], "every job ends: completed, or quarantined after three kills of its worker")
            t.ok(all(r["results"]["output"] == "%d\n" % i for i, r in enumerate(out) if r["status"] == "completed"),
                 "each with its own output")
            t.is_(n.psql("SELECT count(*) FROM core.done WHERE kind = 1") ,
                  n.psql("SELECT count(DISTINCT id) FROM core.done WHERE kind = 1"), "none of them twice")

        with t.case("behind it"):
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 1") == "0", 30, "no lease")
            n.wait(lambda: not n.job_processes(), 20, "no process of a job")
            n.wait(lambda: sorted(os.listdir(n.path("spool"))) == ["upload", "workerd.lock"], 10, "an empty spool")
            t.is_(n.stop_part("workerd"), 0, "TERM ends the worker with 0")
            n.wait(lambda: not n.cgroups(), 10, "no cgroup")
            t.ok(True, "nothing of the dead is left")
    t.done()


main()
