"""The aggregate service on two whole nodes: uploads, reports from end to end, a runner's memory; and prio1's pipeline over both servers
against the baseline of libprio's command line, CPU time a record.

What the mathematics cost alone is in vdaf, prio1 and hpke.
"""
import base64
import contextlib
import json
import os
import resource
import statistics
import subprocess
import tempfile
import threading
import time

import cost
import wrk
import yardstick
from bench import about, emit, rss_kib, within
from dap import CLI, Clients, Pair

BITS = (2000, 2500)
RECORDS, ROUNDS = within(1000, 100), within(5, 2)
UPLOAD_S, CONNECTIONS = within(4, 2), (64, 256)
WHOLE_S = within(15, 3)                 # uploads of what is followed from end to end
FASTEST = 12_000                        # a second: reports that are made for wrk, none of which it may send twice
LARGE = within(2_000, 300)              # of 44 kB
NAME = "aggregate"


# ---- prio1: both servers ----------------------------------------------------------
class Servers:
    """Keys of both, and the plain commands as each would type them."""

    def __init__(self, folder, bits):
        self.folder, self.bits, self.runs = folder, bits, 0
        self.keys = {}
        for name, verb in (("seed", "shared-seed"), ("A", "keygen"), ("B", "keygen")):
            said = self.run(verb)
            self.keys[name] = json.loads(said)
            with os.fdopen(os.open(self.path("key-" + name), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write(said)

    def path(self, *p):
        return os.path.join(self.folder, *p)

    def run(self, verb, env=None):
        p = subprocess.run([CLI, "prio", verb], capture_output=True, text=True, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(env or {})})
        if p.returncode:
            raise RuntimeError("darkroom prio %s: exit %d\n%s" % (verb, p.returncode, p.stderr[-2000:]))
        return p.stdout

    def encode(self, n):
        with open(self.path("part"), "w") as f:
            f.writelines(json.dumps({"payload": [int((i + k) % 7 == 0) for k in range(self.bits)]}) + "\n" for i in range(n))
        return cpu(lambda: self.run("encode-shares", {
            "N_DATA": str(self.bits), "BATCH_ID": "test", "INPUT": self.path("part"), "OUTPUT_A": self.path("raw-A"), "OUTPUT_B": self.path("raw-B"),
            "PUBLIC_KEY_HEX_INTERNAL": self.keys["A"]["public_key"], "PUBLIC_KEY_HEX_EXTERNAL": self.keys["B"]["public_key"]}))

    def files(self, stage, side):
        """What a stage of one server reads and writes; the stages after verify1 live on what it kept."""
        at = lambda stage, side: self.path(stage + "-" + side, "part")
        before = {"verify2": "verify1", "aggregate": "verify2", "publish": "aggregate"}.get(stage)
        out = {"OUTPUT": self.path(stage + "-" + side), "STATE": self.path("state-" + side)}
        if before is None:
            return {**out, "INPUT": self.path("raw-" + side, "part")}
        return {**out, "INPUT_INTERNAL": at(before, side), "INPUT_EXTERNAL": at(before, "AB"[side == "A"])}

    def pipeline(self):
        """-> CPU seconds of all stages on both servers"""
        self.runs += 1
        spent = 0
        for stage in ("verify1", "verify2", "aggregate", "publish"):
            for side in "AB":
                env = {"N_DATA": str(self.bits), "BATCH_ID": "test", "SERVER_ID": side, "RUN": "run %d" % self.runs,
                       "SHARED_SECRET_FILE": self.path("key-seed"), "PRIVATE_KEY_FILE": self.path("key-" + side), **self.files(stage, side)}
                spent += cpu(lambda: self.run(stage, env))
        return spent

    def published(self):
        with open(self.path("publish-A", "part")) as f:
            return json.load(f)["payload"]


def cpu(fn):
    """CPU seconds of the children that fn waits for."""
    a = resource.getrusage(resource.RUSAGE_CHILDREN)
    fn()
    b = resource.getrusage(resource.RUSAGE_CHILDREN)
    return b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime


def prio1():
    for bits in BITS:
        with tempfile.TemporaryDirectory() as folder:
            s, spent = Servers(folder, bits), []
            yard = yardstick.x25519_us()
            encode = s.encode(RECORDS) * 1e6 / RECORDS
            for _ in range(ROUNDS):
                spent.append(s.pipeline() * 1e6 / RECORDS)
            if s.published() != [sum((i + k) % 7 == 0 for i in range(RECORDS)) for k in range(bits)]:
                raise RuntimeError("the totals are wrong")
            params = "%d bits, %d records" % (bits, RECORDS)
            yardstick.row(NAME, "prio1 pipeline, both servers", params, us=spent, yard=yard, baseline="libprio pipeline %d" % bits,
                          target="ratio >= 300" if bits == 2000 else None)
            yardstick.row(NAME, "prio1 encode-shares", params, us=[encode], yard=yard, baseline="libprio encode %d" % bits)


# ---- DAP: two nodes ---------------------------------------------------------------
def requests_of(task, reports):
    p = task.profile
    target = "/dap/%s/tasks/%s/reports" % (p.name, task.both["task_id"])
    return [wrk.http(p.upload_verb, target, task.leader.port, {}, r, p.media % p.report_media) for r in reports]


def stored(task):
    """By its counters: to count rows ten times a second is a load of its own."""
    return int(task.leader.psql("SELECT coalesce(sum(c.n), 0) FROM core.agg_counter c JOIN core.agg_task t USING (task_no)"
                                " WHERE c.stage = 'upload' AND c.word = 'stored' AND t.task_id = decode('%s', 'hex')" % task.id.hex()))


def spent(nodes, parts=("pg", "fcgi", "nginx", "workerd")):
    """CPU seconds of the nodes so far, clients not among them."""
    return sum(cost.cpu(n.pid(part)) for n in nodes for part in parts if part in n.procs)


def upload_turn(pair, reports, connections):
    """To a task of its own, which takes them for its own unopened -> what wrk said, and cpu_us: of the node, a report"""
    task = pair.task({"type": "Prio3Count"})
    requests, before = requests_of(task, reports), spent([pair.leader])
    said = wrk.drive(task.leader.dir, task.leader.port, requests, connections, UPLOAD_S)
    said["cpu_us"] = (spent([pair.leader]) - before) * 1e6 / said["done"]
    n = stored(task)
    if n < said["done"] or said["refused"]:
        raise RuntimeError("%d uploads were answered, %d refused, %d stored" % (said["done"], said["refused"], n))
    return said


def uploads(pair, clients):
    """The leader's front and database, with wrk on the same cores.  Nothing is aggregated, so this comes last."""
    for n in pair.nodes:
        n.stop_part("workerd")
    reports = clients.make(pair.task({"type": "Prio3Count"}), int(UPLOAD_S * FASTEST))
    turns = {c: [] for c in CONNECTIONS}
    for _ in range(ROUNDS):
        for c in CONNECTIONS:
            turns[c].append(upload_turn(pair, reports, c))
    for c, said in turns.items():
        rates, n = sorted(s["rate"] for s in said), sum(s["done"] for s in said)
        emit(NAME, "DAP upload, Count, %d connections" % c, statistics.median(rates), "1/s", n=n, target=">= 5000", low=rates[0], high=rates[-1],
             p50=statistics.median(s["latency"]["50"] for s in said), p99=statistics.median(s["latency"]["99"] for s in said), load=os.getloadavg()[0])
        emit(NAME, "DAP upload, Count, %d connections: CPU of nginx, front and PostgreSQL" % c, statistics.median(s["cpu_us"] for s in said), "us", n=n,
             load=os.getloadavg()[0])


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


def whole(pair, clients, vdaf, most, what, seconds=None, target=None):
    """From the first upload to the collection that holds all of them: so many reports, or what comes in so many seconds."""
    task = pair.task(vdaf)
    requests = requests_of(task, clients.make(task, most))
    before, clock = spent(pair.nodes), {"began": time.monotonic(), "runs": False}

    def enough():
        """The clock begins at the last look that found nothing: wrk reads its requests first."""
        now = time.monotonic()
        if not clock["runs"]:
            clock["runs"] = stored(task) > 0
            clock["began"] = clock["began"] if clock["runs"] else now
            return False
        return now - clock["began"] >= seconds if seconds else stored(task) == most

    wrk.feed(task.leader.dir, task.leader.port, requests, CONNECTIONS[0], enough)
    url = task.collect_begin()
    body = pair.leader.wait(lambda: task.collect_poll(url), 300, "the collection")
    took = time.monotonic() - clock["began"]
    n = task.profile.collection(body)[0]
    if n != stored(task):
        raise RuntimeError("%d of %d reports in the collection" % (n, stored(task)))
    emit(NAME, "%s, end to end, two nodes" % what, n / took, "1/s", n=n, target=target, seconds=round(took, 2), load=os.getloadavg()[0])
    emit(NAME, "%s, end to end: CPU of both nodes, all parts" % what, (spent(pair.nodes) - before) * 1e6 / n, "us", n=n, load=os.getloadavg()[0])


def run():
    about("The aggregate service", "Two whole nodes and their clients on the same two cores, fsync on. The pipeline of prio1 is CPU time of the plain commands, all stages, both servers.",
          records=RECORDS, rounds=ROUNDS, seconds=WHOLE_S)
    prio1()
    with tempfile.TemporaryDirectory() as folder:
        clients = Clients(folder)
        with Pair("bench-agg", fsync=True) as pair:
            whole(pair, clients, {"type": "Prio3Count"}, WHOLE_S * FASTEST // 2, "Count", WHOLE_S, ">= 1500")
            with Watch(pair) as w:
                whole(pair, clients, {"type": "Prio3SumVec", "length": 2500, "bits": 1, "chunk_length": 50}, LARGE, "SumVec 2500 x 1")
            emit(NAME, "a runner's memory, jobs of 100 reports of 44 kB", w.most / 1024, "MiB", target="<= 64")
            uploads(pair, clients)
