"""The aggregate service on two whole nodes: uploads, reports from end to end, a runner's memory; and prio1's pipeline over both servers
against the baseline of libprio's command line, CPU time a record.

What the mathematics cost alone is in vdaf, prio1 and hpke.
"""
import base64
import contextlib
import json
import os
import resource
import shutil
import subprocess
import tempfile
import threading
import time

import wrk
import yardstick
from bench import about, emit, rss_kib, within
from dap import CLI, Clients, Pair

BITS = (2000, 2500)
RECORDS, ROUNDS = within(1000, 100), within(5, 2)
UPLOAD_S, CONNECTIONS = within(8, 2), 64
WHOLE = within(20_000, 2_000)           # reports from end to end
LARGE = within(2_000, 300)              # of 44 kB
NAME = "aggregate"


# ---- prio1: both servers ----------------------------------------------------------
class Servers:
    """Keys of both, and the plain commands as each would type them."""

    def __init__(self, folder, bits):
        self.folder, self.bits = folder, bits
        self.seed = self.tool("shared-seed")["shared_seed"]
        self.keys = {s: self.tool("keygen") for s in "AB"}
        for name, value in (("seed", self.seed), *(("key" + s, k["private_key"]) for s, k in self.keys.items())):
            with os.fdopen(os.open(self.path(name), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write(value)

    def path(self, *p):
        return os.path.join(self.folder, *p)

    def run(self, verb, env=None):
        p = subprocess.run([CLI, "prio", verb], capture_output=True, text=True, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(env or {})})
        if p.returncode:
            raise RuntimeError("darkroom prio %s: exit %d\n%s" % (verb, p.returncode, p.stderr[-2000:]))
        return p.stdout

    def tool(self, verb):
        return json.loads(self.run(verb))

    def env(self, server):
        other = "AB"[server == "A"]
        return {"N_DATA": str(self.bits), "BATCH_ID": "test", "SERVER_ID": server, "SHARED_SECRET_FILE": self.path("seed"),
                "PRIVATE_KEY_HEX_FILE": self.path("key" + server), "PUBLIC_KEY_HEX_INTERNAL": self.keys[server]["public_key"],
                "PUBLIC_KEY_HEX_EXTERNAL": self.keys[other]["public_key"]}

    def encode(self, n):
        with open(self.path("part.ndjson"), "w") as f:
            for i in range(n):
                f.write(json.dumps({"payload": [(i + k) % 7 == 0 for k in range(self.bits)]}, default=int).replace("true", "1").replace("false", "0") + "\n")
        return cpu(lambda: self.run("encode-shares", {**self.env("A"), "INPUT": self.path("part.ndjson"), "OUTPUT_A": self.path("raw-A"), "OUTPUT_B": self.path("raw-B")}))

    def stage(self, server, verb, **files):
        for f in files.values():
            os.makedirs(f if os.path.isdir(f) else os.path.dirname(f), exist_ok=True)
        return cpu(lambda: self.run(verb, {**self.env(server), **files}))

    def pipeline(self):
        """-> CPU seconds of all stages on both servers"""
        for old in ("verify1", "verify2", "aggregate", "publish"):
            shutil.rmtree(self.path(old), ignore_errors=True)
        part, spent = "part.ndjson", 0
        at = lambda stage, s: self.path(stage, s, part)
        for stage in ("verify1", "verify2", "aggregate", "publish"):
            for s in "AB":
                os.makedirs(self.path(stage, s), exist_ok=True)
                files = {"OUTPUT": self.path(stage, s)}
                if stage != "publish":
                    files["INPUT"] = self.path("raw-" + s, part)
                before = {"verify2": "verify1", "aggregate": "verify2", "publish": "aggregate"}.get(stage)
                if before:
                    files.update(INPUT_INTERNAL=at(before, s), INPUT_EXTERNAL=at(before, "AB"[s == "A"]))
                spent += self.stage(s, stage, **files)
        return spent


def cpu(fn):
    """CPU seconds of the children that fn waits for."""
    a = resource.getrusage(resource.RUSAGE_CHILDREN)
    fn()
    b = resource.getrusage(resource.RUSAGE_CHILDREN)
    return b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime


def prio1():
    for bits in BITS:
        with tempfile.TemporaryDirectory() as folder:
            s = Servers(folder, bits)
            for side in "AB":
                os.makedirs(s.path("raw-" + side))
            encode = [s.encode(RECORDS) * 1e6 / RECORDS]
            yard, spent = yardstick.x25519_us(), []
            for _ in range(ROUNDS):
                spent.append(s.pipeline() * 1e6 / RECORDS)
            yardstick.row(NAME, "prio1 pipeline, both servers", "%d bits, %d records" % (bits, RECORDS), us=spent, yard=yard,
                          baseline="libprio pipeline %d" % bits, target="ratio >= 300" if bits == 2000 else None)
            yardstick.row(NAME, "prio1 encode-shares", "%d bits, %d records" % (bits, RECORDS), us=encode, yard=yard, baseline="libprio encode %d" % bits)


# ---- DAP: two nodes ---------------------------------------------------------------
def requests_of(clients, task, n):
    p = task.profile
    target = "/dap/%s/tasks/%s/reports" % (p.name, task.both["task_id"])
    return [wrk.http(p.upload_verb, target, task.leader.port, {}, r, p.media % p.report_media) for r in clients.make(task, n)]


def stored(task):
    return int(task.leader.psql("SELECT count(*) FROM core.agg_report r JOIN core.agg_task t USING (task_no) WHERE t.task_id = decode('%s', 'hex')" % task.id.hex()))


def uploads(pair, clients):
    """The leader's front and database, with wrk on the same cores; nothing is aggregated meanwhile."""
    for n in pair.nodes:
        n.stop_part("workerd")
    task = pair.task({"type": "Prio3Count"})
    said = wrk.drive(task.leader.dir, task.leader.port, requests_of(clients, task, int(UPLOAD_S * 12_000)), CONNECTIONS, UPLOAD_S)
    n = stored(task)
    if n < said["done"] or said["refused"]:
        raise RuntimeError("%d uploads were answered, %d refused, %d stored" % (said["done"], said["refused"], n))
    emit(NAME, "DAP upload, Count, %d connections" % CONNECTIONS, said["rate"], "1/s", n=said["done"], target=">= 5000",
         p50=said["latency"]["50"], p99=said["latency"]["99"])
    for n in pair.nodes:
        n.start("workerd")
        n.wait(n.pool_ready, 60, "a worker")


class Watch:
    """The greatest resident sizes of the runners' processes, sampled."""

    def __init__(self, pair):
        self.pair, self.most, self.over = pair, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.over.wait(0.05):
            for n in self.pair.nodes:
                for pid in n.of_workers("darkroom-agg", below=True):
                    with contextlib.suppress(OSError):
                        self.most = max(self.most, rss_kib(pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def whole(pair, clients, vdaf, n, what, target=None):
    """From the first upload to the collection that holds all of them."""
    task = pair.task(vdaf, min_batch_size=n)
    requests = requests_of(clients, task, n)
    with Watch(pair) as w:
        began = time.monotonic()
        wrk.feed(task.leader.dir, task.leader.port, requests, CONNECTIONS, lambda: stored(task) == n)
        url = task.collect_begin()
        body = pair.leader.wait(lambda: task.collect_poll(url), 300, "the collection")
        took = time.monotonic() - began
    count = task.profile.collection(body)[0]
    if count != n:
        raise RuntimeError("%d of %d reports in the collection" % (count, n))
    emit(NAME, "%s, end to end, two nodes" % what, n / took, "1/s", n=n, target=target, seconds=round(took, 2))
    return w.most


def run():
    about("The aggregate service", "Two whole nodes and their clients on the same two cores, fsync on. The pipeline of prio1 is CPU time of the plain commands, all stages, both servers.",
          records=RECORDS, rounds=ROUNDS, reports=WHOLE)
    prio1()
    with tempfile.TemporaryDirectory() as folder:
        clients = Clients(folder)
        with Pair("bench-agg", fsync=True) as pair:
            uploads(pair, clients)
            whole(pair, clients, {"type": "Prio3Count"}, WHOLE, "Count", ">= 1500")
            most = whole(pair, clients, {"type": "Prio3SumVec", "length": 2500, "bits": 1, "chunk_length": 50}, LARGE, "SumVec 2500 x 1")
            emit(NAME, "a runner's memory, jobs of 100 reports of 44 kB", most / 1024, "MiB", target="<= 64")
