#!/usr/bin/python3
"""make check-interop: the sequence of a runner of draft-dcook-ppm-dap-interop-test-design-07 against client, leader, helper and collector of
ours, each behind its own test interface."""
import base64
import contextlib
import http.client
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
sys.dont_write_bytecode = True
from dap import Pair  # noqa: E402
from dapinterop import Interop  # noqa: E402
from harness import Tap  # noqa: E402

PRECISION = 300
CASES = (({"type": "Prio3Count"}, ["0", "1", "1", "0", "1"], "3"),
         ({"type": "Prio3Sum", "bits": "64"}, ["1", "10", "1000000000000", "4", "2"], "1000000000017"),
         ({"type": "Prio3SumVec", "bits": "16", "length": "3", "chunk_length": "2"}, [["1", "2", "3"], ["0", "0", "65535"]], ["1", "2", "65538"]),
         ({"type": "Prio3Histogram", "length": "4", "chunk_length": "2"}, ["3", "0", "3"], ["1", "0", "0", "2"]))


def ask(part, word, body, status=200):
    c = http.client.HTTPConnection("127.0.0.1", part.port, timeout=400)
    c.request("POST", "/internal/test/" + word, json.dumps(body), {"Content-Type": "application/json"})
    r = c.getresponse()
    data = r.read()
    if r.status != status:
        raise AssertionError("%s: %d %r" % (word, r.status, data))
    return json.loads(data)


def must(part, word, body):
    said = ask(part, word, body)
    if said.get("status") not in ("success", "complete", "in progress"):
        raise AssertionError("%s: %r" % (word, said))
    return said


def b64u(n):
    return base64.urlsafe_b64encode(os.urandom(n)).rstrip(b"=").decode()


class Runner:
    """What a test runner does, knowing nothing of the parts but their interface."""

    def __init__(self, t, client, leader, helper, collector):
        self.t, self.client, self.leader, self.helper, self.collector = t, client, leader, helper, collector

    def setup(self, vdaf, query_type, size):
        task, tokens = b64u(32), (b64u(16), b64u(16))
        urls = [must(p, "endpoint_for_task", {"task_id": task, "role": r, "hostname": "127.0.0.1"})["endpoint"]
                for p, r in ((self.leader, "leader"), (self.helper, "helper"))]
        ends = {"leader": urls[0], "helper": urls[1]}
        config = must(self.collector, "add_task", {"task_id": task, "leader": urls[0], "vdaf": vdaf, "collector_authentication_token": tokens[1],
                                                   "query_type": query_type})["collector_hpke_config"]
        both = {"task_id": task, **ends, "vdaf": vdaf, "leader_authentication_token": tokens[0], "vdaf_verify_key": b64u(16),
                "max_batch_query_count": 1, "query_type": query_type, "min_batch_size": size, "time_precision": PRECISION,
                "collector_hpke_config": config, "task_expiration": int(time.time()) + 86400}
        if query_type == 2:
            both["max_batch_size"] = size
        must(self.leader, "add_task", {**both, "role": "leader", "collector_authentication_token": tokens[1]})
        must(self.helper, "add_task", {**both, "role": "helper"})
        return task, ends

    def case(self, vdaf, measured, want, query_type):
        task, ends = self.setup(vdaf, query_type, len(measured))
        now = int(time.time()) // PRECISION * PRECISION
        for m in measured:
            must(self.client, "upload", {"task_id": task, **ends, "vdaf": vdaf, "measurement": m, "time": now, "time_precision": PRECISION})
        query = {"type": 1, "batch_interval_start": now, "batch_interval_duration": PRECISION} if query_type == 1 else {"type": 2, "subtype": 1}
        handle = must(self.collector, "collection_start", {"task_id": task, "agg_param": "", "query": query})["handle"]
        end = time.monotonic() + 300
        while (got := must(self.collector, "collection_poll", {"handle": handle}))["status"] == "in progress" and time.monotonic() < end:
            time.sleep(0.2)     # pause: between two questions
        what = "%s, query type %d" % (vdaf["type"], query_type)
        self.t.is_((got["status"], got.get("report_count"), got.get("result")), ("complete", len(measured), want), what)
        self.t.is_("batch_id" in got, query_type == 2, "the batch is named: %s" % (query_type == 2))
        return task, ends

    def refusals(self):
        vdaf = {"type": "Prio3Count"}
        task, ends = self.setup(vdaf, 1, 1)
        late = {"task_id": task, **ends, "vdaf": vdaf, "measurement": "1", "time": int(time.time()) + 86400, "time_precision": PRECISION}
        self.t.is_(ask(self.client, "upload", late)["status"], "error", "a report of tomorrow")
        self.t.is_(ask(self.leader, "add_task", {"task_id": task, "role": "leader"})["status"], "error", "half a task")
        self.t.is_(ask(self.leader, "nothing", {}, 404), {}, "an endpoint that is not there")


def main():
    t = Tap()
    with Pair("interop") as pair, contextlib.ExitStack() as stack:
        parts = [Interop("client", os.path.join(pair.dir, "client")), Interop("aggregator", os.path.join(pair.dir, "leader"), pair.leader),
                 Interop("aggregator", os.path.join(pair.dir, "helper"), pair.helper), Interop("collector", os.path.join(pair.dir, "collector"))]
        for p in parts:
            p.start()
            stack.callback(p.stop)
            t.is_(ask(p, "ready", {}), {"status": "success"}, "%s is ready" % p.role)
        runner = Runner(t, *parts)
        for vdaf, measured, want in CASES:
            runner.case(vdaf, measured, want, 1)
        runner.case(*CASES[0], 2)
        runner.refusals()
    t.done()


if __name__ == "__main__":
    main()
