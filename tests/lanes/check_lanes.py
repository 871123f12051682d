#!/usr/bin/python3
"""What the lanes promise: did.create_my takes as long beside heavy jobs as alone.

    make check-lanes            # on a quiet machine; some minutes

Three rounds of N light jobs: alone, beside continuous definitions and registries, and beside
them with cpu_weight, nice and sched removed.  The first two must be within 1.1 (p50) and 1.25 (p99)
of each other; the third must not, or there was no load worth the name.  Times are the
database's own, from submit to committed end."""
import json
import os
import sys
import threading

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
from harness import Tap  # noqa: E402
from credential import KEY, CredNode  # noqa: E402

N = int(os.environ.get("DR_LANES_JOBS", "200"))
P50, P99 = 1.1, 1.25
SCHEMA = {"issuerId": "V4SGRU86Z58d6TV7PBUe6f", "name": "s", "version": "1", "attrNames": ["a", "b"], "id": "s1"}
WEIGHTED = "size=0 reserved=0 cpu_weight=5 nice=19 sched=batch memory_mb=768 wall_s=900"
UNWEIGHTED = "size=0 reserved=0 cpu_weight=0 nice=0 sched=other memory_mb=768 wall_s=900"


class Load:
    """Heavy jobs, so that each heavy runner has one and the next waits."""

    def __init__(self, n, ann, ahead=8):
        self.node, self.ann, self.ahead, self.n, self.over = n, ann, ahead, 0, threading.Event()
        self.thread = threading.Thread(target=self.feed)

    def feed(self):
        """Looks once in two seconds: what looks is load as well, and has no weight."""
        open_jobs = "SELECT job_id FROM core.cred_job q JOIN core.kind k ON k.id = q.kind WHERE k.name = 'issuer.create_cred_def' AND q.finished_at IS NULL"
        while not self.over.is_set():
            for _ in range(self.ahead - len(self.node.rows(open_jobs))):
                self.n += 1
                self.ann.submit("issuer.create_cred_def", {"wallet": "w", "issuer_id": SCHEMA["issuerId"], "schema": SCHEMA,
                                "tag": "t%d-%d" % (id(self), self.n), "support_revocation": True, "bits": 3072})
            self.over.wait(2)
        for row in self.node.rows(open_jobs):
            self.ann.cancel(row[0])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def light(n, ann, count):
    """(p50, p99) in ms of so many DIDs, one after the other."""
    jobs = [ann.must_id("did.create_my", {"wallet": "w"}) for _ in range(count)]
    ms = sorted(float(r[0]) for r in n.rows(
        "SELECT extract(epoch FROM d.finished_at - j.created_at) * 1000 FROM core.job j JOIN core.done d USING (id) WHERE j.id = ANY ('{%s}')" % ",".join(jobs)))
    return ms[count // 2], ms[count * 99 // 100]


def settle(n, value):
    n.conf["cred_heavy"] = value
    n.write_conf()
    n.stop_part("workerd")
    n.start("workerd")
    n.wait(n.pool_ready, 30, "a worker")
    return [(e["lane"], e["means"]) for e in n.log_events("workerd", "lane.weighted")][-3:]


def main():
    t = Tap()
    with CredNode("lanes", conf={"cred_heavy": WEIGHTED}) as n:
        ann = n.caller("ann")
        ann.must("wallet.create", {"id": "w", "method": "raw"}, {"key": KEY})
        ann.unlock("w", KEY, ttl_s=86400)
        light(n, ann, 20)
        rows = {}
        rows["alone"] = light(n, ann, N)
        with Load(n, ann):
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE lane IN (6, 8)") != "0", 60, "load")
            rows["beside"] = light(n, ann, N)
        means = settle(n, WEIGHTED)
        settle(n, UNWEIGHTED)
        with Load(n, ann):
            n.wait(lambda: n.psql("SELECT count(*) FROM core.lease WHERE lane IN (6, 8)") != "0", 60, "load")
            rows["unweighted"] = light(n, ann, N)
    alone = rows["alone"]
    ratio = {k: tuple(v / a for v, a in zip(row, alone)) for k, row in rows.items()}
    t.diag(json.dumps({"jobs": N, "weights": means, "ms": rows, "ratio": ratio}))
    t.ok(ratio["beside"][0] <= P50, "p50 beside heavy jobs is %.2f of that alone" % ratio["beside"][0])
    t.ok(ratio["beside"][1] <= P99, "p99 is %.2f of it" % ratio["beside"][1])
    t.ok(ratio["unweighted"][0] > P50 or ratio["unweighted"][1] > P99, "without weights it is not: %.2f, %.2f" % ratio["unweighted"])
    t.done()


main()
