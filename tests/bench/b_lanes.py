"""Light credential jobs beside heavy ones: alone, beside, and the same with the lanes' weights switched off.

One client, one request after the other with Prefer: wait, on the clock; beside it two jobs of the heavy lane run all the
time, keys of definitions and registries of 100,000.  Turns alone and beside take turns, so a slower machine is slower in both.
"""
import contextlib
import json
import threading
import time

from agency import C, W, Agency
from bench import Node, about, emit, lift_limits, median, quantile, within

ISSUER = "NcYxiDXkpYi6ov5FcYDi1e"
VALUES = {"name": "Alex", "age": "28", "sex": "female", "height": "175", "city": "Ghent"}
JOBS, ROUNDS = 200, within(3, 1)
LARGE = 100_000
# three heavy runners, one of them reserved for short jobs: two for what runs beside
HEAVY = "size=3 reserved=1 memory_mb=768 wall_s=900 "
WEIGHTED = {"cred_heavy": HEAVY + "cpu_weight=5 nice=19 sched=batch"}
UNWEIGHTED = {"cred_heavy": HEAVY + "cpu_weight=0"}
LANES = {"lanes": "maint,cred-light,cred-heavy,cred-idle"}
TARGETS = {"p50": "<= 1.1", "p99": "<= 1.25"}


class Heavy:
    """Two jobs of the heavy lane at any time, until it is left."""

    def __init__(self, agency, definition):
        self.agency, self.definition, self.done, self.n = agency, definition, threading.Event(), 0

    def job(self, target, body):
        a = self.agency.client
        status, _, said = a.call("POST", C + target, body)
        assert status == 202, said
        while not self.done.is_set():
            _, _, job = a.call("GET", "%s/jobs/%s?wait=1" % (C, said["job_id"]))
            if job["state"] not in ("queued", "running"):
                assert job["state"] == "completed", job
                self.n += 1
                return
        a.call("DELETE", "%s/jobs/%s" % (C, said["job_id"]))

    def keys(self, schema):
        while not self.done.is_set():
            self.job("/definitions", {"wallet": "issuer", "issuer_id": ISSUER, "schema": schema, "tag": "h%d" % time.monotonic_ns()})

    def registries(self):
        while not self.done.is_set():
            self.job("/registries", {"wallet": "issuer", "cred_def_id": self.definition, "tag": "h%d" % time.monotonic_ns(), "max_cred_num": LARGE})

    @contextlib.contextmanager
    def under_way(self, node, schema):
        self.done.clear()
        threads = [threading.Thread(target=fn, args=args, daemon=True) for fn, args in ((self.keys, (schema,)), (self.registries, ()))]
        for t in threads:
            t.start()
        node.wait(lambda: node.psql("SELECT count(*) FROM core.lease l JOIN core.kind k ON k.id = l.kind "
                                    "WHERE k.name IN ('issuer.create_cred_def', 'issuer.create_rev_reg')") == "2", 30, "two heavy jobs")
        try:
            yield
        finally:
            self.done.set()
            for t in threads:
                t.join()


class Light:
    """The two light operations; what an issue needs is made before it is timed."""

    def __init__(self, node):
        lift_limits(node)
        node.psql("UPDATE core.setting SET value = '0' WHERE name = 'prime_pool_size'")
        self.a = Agency(node.principal("agency", ["consumer"]))
        for w in ("issuer", "holder"):
            self.a.wallet(w)
        self.a.link_secret("holder")
        self.schema = self.a.schema(ISSUER, "person", list(VALUES))["schema"]
        self.d = self.a.definition("issuer", ISSUER, self.schema, "light", revocable=True)
        self.reg = self.a.registry("issuer", self.d["cred_def_id"], "light", 20 * JOBS)["rev_reg_id"]

    def dids(self):
        return [elapsed(self.a.post, W + "/holder/dids", {}) for _ in range(JOBS)]

    def issues(self, ready):
        return [elapsed(self.a.issue, "issuer", offer, request, VALUES, registry=self.reg) for offer, request in ready]

    def prepare(self):
        offers = [self.a.offer("issuer", self.d["cred_def_id"]) for _ in range(JOBS)]
        return [(o, self.a.request("holder", o, self.d["cred_def"])) for o in offers]


def elapsed(fn, *args, **more):
    t0 = time.monotonic()
    fn(*args, **more)
    return (time.monotonic() - t0) * 1000


def measure(name, conf):
    """-> ({(operation, "alone" | "beside"): milliseconds}, what keeps the weights, heavy jobs that ended)"""
    out = {(op, how): [] for op in ("did.create_my", "issuer.create_credential") for how in ("alone", "beside")}
    with Node("lanes-" + name, images=(), conf={**LANES, **conf}, fsync=True) as n:
        light = Light(n)
        heavy = Heavy(light.a, light.d["cred_def_id"])
        for _ in range(ROUNDS):
            ready = [light.prepare(), light.prepare()]
            out["did.create_my", "alone"] += light.dids()
            out["issuer.create_credential", "alone"] += light.issues(ready[0])
            with heavy.under_way(n, light.schema):
                out["did.create_my", "beside"] += light.dids()
                out["issuer.create_credential", "beside"] += light.issues(ready[1])
        lines = [json.loads(x) for x in n.log("workerd").splitlines() if '"lane.weighted"' in x]
        return out, {x["lane"]: x["means"] for x in lines if x["lane"].startswith("cred")}, heavy.n


def figures(times):
    """-> {(operation, "p50" | "p99"): (alone, beside)}"""
    ops = {op for op, _ in times}
    of = {"p50": median, "p99": lambda xs: quantile(xs, 0.99)}
    return {(op, q): (fn(times[op, "alone"]), fn(times[op, "beside"])) for op in sorted(ops) for q, fn in of.items()}


def run():
    weights = {}
    for name, conf in (("weighted", WEIGHTED), ("weights off", UNWEIGHTED)):
        times, weights[name], heavy = measure(name.replace(" ", "-"), conf)
        for (op, q), (alone, beside) in figures(times).items():
            emit("lanes", "%s, %s, alone: %s" % (op, name, q), alone, "ms", n=JOBS * ROUNDS)
            emit("lanes", "%s, %s, beside heavy jobs: %s" % (op, name, q), beside, "ms", peer="alone", ratio=beside / alone,
                 target=TARGETS[q] if name == "weighted" else None, n=JOBS * ROUNDS, heavy=heavy)
    about("Light jobs beside heavy ones", "One client, Prefer: wait; beside it the keys of a definition and a registry of 100,000 are made all the time. "
          "The same with the lanes' weights off.", weights=weights, jobs=JOBS, rounds=ROUNDS)
