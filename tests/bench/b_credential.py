"""The credential service over HTTP: each operation alone on a whole node, and light ones at 1, 8 and 64 clients.

On the clock, from the request to the answer (Prefer: wait), so PostgreSQL, front, worker and the way between them are
in each figure.  What the arithmetic alone costs is in curve, cl, accum, anoncreds and wallet.
"""
import concurrent.futures
import json
import time

from agency import C, W, Agency
from bench import Node, about, emit, lift_limits, median, quantile, within

ISSUER, HOLDER_DID = "NcYxiDXkpYi6ov5FcYDi1e", "VsKV7grR1BUE29mG2Fm2kX"
ATTRS = ["name", "age", "sex", "height", "city"]
VALUES = {"name": "Alex", "age": "28", "sex": "female", "height": "175", "city": "Ghent"}
COLD, POOLED, ROUNDS = within(20, 5), within(10, 3), within(100, 10)
LARGE = 100_000
SECONDS = within(10, 2)
CONF = {"lanes": "maint,cred-light,cred-heavy,cred-idle"}


def timed(fn, *args, **more):
    t0 = time.monotonic()
    got = fn(*args, **more)
    return time.monotonic() - t0, got


def tell(what, seconds, target=None, p99=None):
    ms = [s * 1000 for s in seconds]
    emit("credential", what, median(ms), "ms", target=target, n=len(ms), low=min(ms), high=max(ms))
    if p99:
        emit("credential", what + ": p99", quantile(ms, 0.99), "ms", target=p99, n=len(ms))


def setting(n, name, value):
    n.psql("UPDATE core.setting SET value = '%s' WHERE name = '%s'" % (value, name))


class Bench:
    def __init__(self, n):
        self.n = n
        lift_limits(n)
        self.a = Agency(n.principal("agency", ["consumer"]))
        for w in ("issuer", "holder"):
            self.a.wallet(w)
        self.a.link_secret("holder")
        self.schema = self.a.schema(ISSUER, "person", ATTRS)
        self.tag = 0

    def definition(self, **more):
        self.tag += 1
        return self.a.definition("issuer", ISSUER, self.schema["schema"], "d%d" % self.tag, revocable=True, **more)

    # ---- keys ------------------------------------------------------------------
    def keys(self):
        setting(self.n, "prime_pool_size", 0)
        self.n.psql("DELETE FROM core.prime")
        cold = [timed(self.definition)[0] for _ in range(COLD)]
        tell("definition, 2048 bit, pool empty", cold, "<= 800", "<= 3000")
        setting(self.n, "prime_pool_size", 2 * POOLED)
        operator = Agency(self.n.client("operator"))
        for _ in range(2 * POOLED):
            operator.post(C + "/primes/fill", {"bits": 2048})
        self.n.wait(lambda: int(self.n.psql("SELECT count(*) FROM core.prime WHERE bits = 1024")) >= 2 * POOLED, 300, "primes in the pool")
        pooled = []
        for _ in range(POOLED):
            s, self.rev = timed(self.definition)
            pooled.append(s)
        setting(self.n, "prime_pool_size", 0)
        tell("definition, 2048 bit, pool filled", pooled, "<= 150")

    # ---- registries ------------------------------------------------------------
    def registries(self):
        s, self.large = timed(self.a.registry, "issuer", self.rev["cred_def_id"], "large", LARGE)
        tell("registry of 100,000, tails stored", [s], "<= 3000")
        runs = [timed(self.a.witness, self.large["rev_reg_def"], 4711, self.large["status_list"])[0] for _ in range(within(10, 3))]
        tell("witness from scratch, 100,000", runs, "<= 150")

    # ---- a credential's way ----------------------------------------------------
    def ways(self):
        rows = {"offer": [], "request": [], "issue": [], "store": []}
        a, d = self.a, self.rev
        self.reg = a.registry("issuer", d["cred_def_id"], "small", 1000)
        for _ in range(ROUNDS):
            s, offer = timed(a.offer, "issuer", d["cred_def_id"])
            rows["offer"].append(s)
            s, request = timed(a.request, "holder", offer, d["cred_def"])
            rows["request"].append(s)
            s, issued = timed(a.issue, "issuer", offer, request, VALUES, registry=self.reg["rev_reg_id"])
            rows["issue"].append(s)
            s, self.cred = timed(a.store, "holder", issued["credential"], d["cred_def"], self.reg["rev_reg_def"])
            rows["store"].append(s)
            self.index = issued["rev_reg_index"]
        for what, seconds in rows.items():
            tell("%s, revocable" % what, seconds, "<= 25" if what == "issue" else None)

    def proofs(self):
        a, listed = self.a, self.reg["status_list"]
        state = a.witness(self.reg["rev_reg_def"], self.index, listed)
        at = state["timestamp"]
        request = {"nonce": "123432421212", "name": "r", "version": "1.0", "requested_attributes": {"n": {"name": "name"}},
                   "requested_predicates": {"a": {"name": "age", "p_type": ">=", "p_value": 18}, "h": {"name": "height", "p_type": "<", "p_value": 200}},
                   "non_revoked": {"to": int(time.time()) + 3600}}
        selection = {"requested_attributes": {"n": {"cred_id": self.cred, "timestamp": at, "revealed": True}},
                     "requested_predicates": {k: {"cred_id": self.cred, "timestamp": at} for k in "ah"}}
        objects = {self.schema["schema_id"]: self.schema["schema"]}, {self.rev["cred_def_id"]: self.rev["cred_def"]}
        rows = [timed(a.present, "holder", request, selection, *objects, {self.cred: state}) for _ in range(ROUNDS)]
        tell("present, 2 predicates and non-revocation", [s for s, _ in rows], "<= 90")
        self.claim = {"request": request, "presentation": rows[0][1], "schemas": objects[0], "cred_defs": objects[1],
                      "rev_reg_defs": {self.reg["rev_reg_id"]: self.reg["rev_reg_def"]}, "status_lists": [listed]}
        rows = [timed(a.post, C + "/presentations/verify", self.claim) for _ in range(ROUNDS)]
        assert all(v["valid"] for _, v in rows)
        tell("verify, 2 predicates and non-revocation", [s for s, _ in rows], "<= 90")

    # ---- many clients ----------------------------------------------------------
    def did(self):
        return self.a.post(W + "/holder/dids", {})

    def issue_one(self):
        a, d = self.a, self.rev
        offer = a.offer("issuer", d["cred_def_id"])
        request = a.request("holder", offer, d["cred_def"])
        return a.issue("issuer", offer, request, VALUES, registry=self.large["rev_reg_id"])

    def verify_one(self):
        return self.a.post(C + "/presentations/verify", self.claim)

    def clients(self):
        for what, fn, jobs in (("did.create_my", self.did, 1), ("issue (offer, request, credential)", self.issue_one, 3), ("verify", self.verify_one, 1)):
            for k in (1, 8, 64):
                times = crowd(fn, k)
                ms = [s * 1000 for s in times]
                first = what == "did.create_my" and k == 1
                emit("credential", "%s, %d clients" % (what, k), jobs * len(times) / SECONDS, "jobs/s", n=len(times))
                emit("credential", "%s, %d clients: p50" % (what, k), median(ms), "ms", target="<= 10" if first else None, n=len(ms))
                emit("credential", "%s, %d clients: p99" % (what, k), quantile(ms, 0.99), "ms", target="<= 30" if first else None, n=len(ms))


def crowd(fn, k):
    """k clients, each with one request after the other for SECONDS: the times of those that were answered."""
    end = time.monotonic() + SECONDS

    def one():
        out = []
        while time.monotonic() < end:
            out.append(timed(fn)[0])
        return out
    with concurrent.futures.ThreadPoolExecutor(k) as pool:
        return [s for f in [pool.submit(one) for _ in range(k)] for s in f.result()]


def run():
    with Node("bcred", images=(), conf=CONF, fsync=True) as n:
        b = Bench(n)
        b.keys()
        b.registries()
        b.ways()
        b.proofs()
        b.clients()
        lanes = [json.loads(x) for x in n.log("workerd").splitlines() if '"lane.weighted"' in x]
        about("The credential service, over HTTP", "One node on this machine, with fsync; the client is on it too and signs each request in Python. "
              "From the request to its answer; p50.", cold=COLD, rounds=ROUNDS, seconds_for_clients=SECONDS, weights={x["lane"]: x["means"] for x in lanes if x["lane"].startswith("cred")})
