#!/usr/bin/python3
"""The pool: it grows while work waits and shrinks again, is whole after a loss, replaces what
is worn, serves images it does not keep warm, and hands back what it cannot serve."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402

NAP = "import time\ntime.sleep(%g)\nprint('end')"


def pool(n, key):
    return int(n.psql("SELECT coalesce(max((pool->'containers'->>'%s')::int), 0) FROM core.worker WHERE state = 'live'" % key))


def main():
    need_root()
    t = Tap()
    conf = {"pool_size": 1, "pool_min": 1, "pool_max": 3, "shrink_ms": 1000, "container_jobs_max": 10, "images": "minimal",
            "memory_reserve_bytes": 0, "acquire_timeout_ms": 4000}
    with Node("worker-pool", images=("minimal", "data"), conf=conf) as n:
        owner, consumer, lease = n.pair()
        n.psql("UPDATE core.setting SET value = '10000' WHERE name LIKE 'rate_%'")
        inputs = {"v": "data_456"}

        with t.case("growing"):
            comps = [consumer.submit(lease, NAP % 1.5, inputs) for _ in range(8)]
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE kind = 1") == "3", 20, "three at once")
            t.ok(True, "it grows from one to its ceiling while work waits")
            t.ok(all(consumer.wait(c)["status"] == "completed" for c in comps), "and serves it")
            n.wait(lambda: pool(n, "ready") == 1 and pool(n, "busy") == 0, 20, "one again")
            t.ok(True, "then shrinks to its target")

        with t.case("growing while every container is busy"):
            first = consumer.submit(lease, NAP % 12, inputs)
            n.wait(lambda: consumer.result(first)["phase"] == "running", 20, "the only container is taken")
            comps = [consumer.submit(lease, NAP % 1, inputs) for _ in range(4)]
            t.ok(all(consumer.wait(c)["status"] == "completed" for c in comps), "jobs that come later are served")
            t.is_(consumer.result(first)["phase"], "running", "check 16: by containers made meanwhile, not after the first job")
            consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % first, {})
            n.wait(lambda: pool(n, "ready") == 1 and pool(n, "busy") == 0, 20, "one again")

        with t.case("a loss"):
            before = int(n.psql("SELECT coalesce(sum(x.value::int), 0) FROM core.worker w, jsonb_each_text(w.pool->'replaced') x WHERE w.state = 'live'"))
            victim = [e["runner_pid"] for e in n.log_events("workerd", "container.created") if e["lane"] == "compute" and os.path.exists("/proc/%d" % e["runner_pid"])][-1]
            os.kill(victim, 9)
            n.wait(lambda: int(n.psql("SELECT coalesce(sum(x.value::int), 0) FROM core.worker w, jsonb_each_text(w.pool->'replaced') x "
                                      "WHERE w.state = 'live'")) > before and pool(n, "ready") == 1, 20, "whole again")
            t.ok(True, "check 17: the pool is back at target after a loss, which is counted")

        with t.case("worn"):
            for i in range(25):
                consumer.run(lease, "print(%d)" % i, inputs)
            n.wait(lambda: len([e for e in n.log_events("workerd", "container.destroyed") if e["why"] == "worn"]) >= 2, 20, "two replaced")
            t.is_(n.psql("SELECT count(*) FROM core.attempt"), "0", "and no job suffers by it")
            n.wait(lambda: int(n.psql("SELECT (pool->'replaced'->>'worn')::int FROM core.worker WHERE state = 'live'")) >= 2, 10, "counted")

        with t.case("another image"):
            r = consumer.run(lease, "print(type(v).__name__)", inputs, image="data", timeout=60)
            t.is_(r.get("results", {}).get("output"), "DataFrame\n", "a job for an image that is not kept warm is served")
            r = consumer.run(lease, "print(type(v).__name__)", inputs, timeout=60)
            t.is_(r.get("results", {}).get("output"), "list\n", "and the next for the default one, too")

        with t.case("an image that is not here"):
            digest = n.psql("SELECT digest FROM core.image WHERE name = 'data'")
            n.psql("UPDATE core.image SET digest = 'sha256:' || repeat('0', 64) WHERE name = 'data'")
            comp = consumer.submit(lease, "print(1)", inputs, image="data")
            n.wait(lambda: n.psql("SELECT count(*) FROM core.attempt WHERE reason = 'IMAGE_UNAVAILABLE'") != "0", 90, "refused here")
            t.is_(consumer.result(comp)["status"], "pending", "it waits for a worker that has it")
            r = consumer.run(lease, "print(2)", inputs, timeout=60)
            t.is_(r["status"], "completed", "while others go on")
            consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp, {})
            n.psql("UPDATE core.image SET digest = '%s' WHERE name = 'data'" % digest)

        with t.case("no container to be had"):
            n.wait(lambda: pool(n, "ready") == 1, 20, "idle")
            zygote = n.conf.get("zygote_dir")
            n.conf["zygote_dir"] = n.path("nowhere")
            n.write_conf()
            n.stop_part("workerd")
            n.start("workerd")
            comp = consumer.submit(lease, "print(3)", inputs)
            n.wait(lambda: pool(n, "failed") == 1, 20, "failures are reported")
            t.is_(consumer.result(comp)["status"], "pending", "the job stays queued")
            t.is_(n.psql("SELECT count(*) FROM core.lease WHERE kind = 1"), "0", "and is not claimed")
            n.conf.pop("zygote_dir") if zygote is None else n.conf.update(zygote_dir=zygote)
            n.write_conf()
            n.stop_part("workerd")
            n.start("workerd")
            t.is_(consumer.wait(comp, 60)["status"], "completed", "until a container can be had")

        with t.case("behind it"):
            t.is_(n.stop_part("workerd"), 0, "TERM ends the worker with 0")
            n.wait(lambda: not n.cgroups(), 10, "no cgroup")
    t.done()


main()
