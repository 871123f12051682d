#!/usr/bin/python3
"""SIGKILLs amid keys, registries, imports and issuing: every job ends once, and nothing of a killed run is left.

usage: credential_storm.py [KILLS [SEED]]      (100, 1)

One node of real parts. Jobs of each kind are under way all the time; what is killed is drawn: a job's own process or
a helper of it, its runner, the worker, a connection of the database.  Then the audit: each job ended
once; one definition, registry, wallet for each name that was asked for; no index issued twice; an accumulator is
that of its bitmap (its holder's witness from the tails fits); no folder in the spool, no temporary blob, no process, no
secret in clear anywhere below the node, no core file.
"""
import collections
import contextlib
import os
import random
import signal
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
from harness import Tap, need_root  # noqa: E402
from credential import KEY, CredNode  # noqa: E402

ISSUER = "NcYxiDXkpYi6ov5FcYDi1e"
SCHEMA = {"issuerId": ISSUER, "name": "s", "version": "1", "attrNames": ["a", "b"]}
SEED_CANARY, VALUE_CANARY = "canary-seed-of-the-storm-00000001", "canary-value-of-the-storm"
# no weight: what else runs on this machine is no part of the test
CONF = {"cred_heavy": "size=2 reserved=0 cpu_weight=0 memory_mb=768 wall_s=900"}
SIZE = 2000
FIRST_REVOKED = 100      # above those that are issued at the end
UNDER_WAY = 4
VICTIMS = ("job", "job", "job", "job", "runner", "runner", "worker", "backend")


class Storm:
    def __init__(self, n, seed):
        self.n, self.random, self.hit = n, random.Random(seed), collections.Counter()
        self.ann = n.caller("ann")
        self.jobs = {}          # name -> (kind, job)
        self.open = set()

    def prepare(self):
        a = self.ann
        a.must("wallet.create", {"id": "w", "method": "raw"}, {"key": KEY})
        a.unlock("w", KEY, ttl_s=86400)
        a.must("did.create_my", {"wallet": "w"}, {"seed": SEED_CANARY[:32]})
        a.must("wallet.record_put", {"wallet": "w"}, {"type": "t", "id": "x", "value": VALUE_CANARY, "tags": {"a": VALUE_CANARY}})
        self.blob = a.must("wallet.export", {"wallet": "w", "method": "raw"}, {"key": KEY})["blob"]
        self.base = a.must("issuer.create_cred_def", self.definition("base"), timeout=120)
        self.registry = a.must("issuer.create_rev_reg", self.reg("base"), timeout=120)

    @staticmethod
    def definition(tag):
        return {"wallet": "w", "issuer_id": ISSUER, "schema": SCHEMA, "tag": tag, "support_revocation": True, "bits": 2048}

    def reg(self, tag):
        return {"wallet": "w", "cred_def_id": self.base["cred_def_id"], "tag": tag, "max_cred_num": SIZE}

    def submit(self):
        kind = self.random.choice(("definition", "registry", "import", "revoke"))
        name = "%s-%d" % (kind, len(self.jobs))
        if kind == "definition":
            job = self.ann.submit("issuer.create_cred_def", self.definition(name))
        elif kind == "registry":
            job = self.ann.submit("issuer.create_rev_reg", self.reg(name))
        elif kind == "import":
            job = self.ann.submit("wallet.import", {"id": name, "blob": self.blob, "method": "raw"}, {"export_key": KEY, "key": KEY})
        else:
            job = self.ann.submit("issuer.revoke", {"id": self.registry["rev_reg_id"], "indices": [len(self.jobs) + FIRST_REVOKED]})
        self.jobs[name] = (kind, job)
        self.open.add(name)

    def refill(self):
        """Keeps jobs under way; one that is asked for while the database comes back is asked for again."""
        ended = {r[0] for r in self.n.rows("SELECT id FROM core.done WHERE id = ANY ('{%s}')" % ",".join(self.jobs[x][1] for x in self.open))} if self.open else set()
        self.open = {x for x in self.open if self.jobs[x][1] not in ended}
        while len(self.open) < UNDER_WAY:
            self.submit()

    # ---- who is killed ---------------------------------------------------------
    def victims(self, what):
        n = self.n
        if what == "worker":
            return [n.pid("workerd")]
        if what == "backend":
            return [int(p) for p, in n.rows("SELECT pid FROM pg_stat_activity WHERE usename IN ('darkroom_worker', 'darkroom_fcgi') AND pid <> pg_backend_pid()")]
        runners = n.of_workers("darkroom-cred")
        if what == "runner":
            return runners
        return [p for p in n.of_workers("darkroom-cred", below=True) if p not in runners]

    def strike(self):
        what = self.random.choice(VICTIMS)
        pids = self.victims(what)
        if not pids:
            return False
        with contextlib.suppress(ProcessLookupError):
            if what == "backend":
                self.n.psql("SELECT pg_terminate_backend(%d)" % self.random.choice(pids))
            else:
                os.kill(self.random.choice(pids), signal.SIGKILL)
            self.hit[what] += 1
        if what == "worker":
            self.n.wait(lambda: self.n.procs["workerd"].poll() is not None, 10, "the worker's end")
            self.n.start("workerd")
            self.n.wait(self.n.pool_ready, 60, "a worker again")
        return True

    def blow(self, kills):
        while sum(self.hit.values()) < kills:
            self.refill()
            time.sleep(self.random.uniform(0.02, 0.6))      # pause: the moment of the next kill is drawn
            if self.strike() and sum(self.hit.values()) % 20 == 0:
                print("# %d kills, %d jobs, %d open" % (sum(self.hit.values()), len(self.jobs), len(self.open)), flush=True)

    def calm(self):
        return {x: self.ann.answer(job, 300) for x, (_, job) in self.jobs.items()}


# ---- the audit ---------------------------------------------------------------
def count(n, sql):
    return int(n.psql("SET darkroom.tenant = '*'; " + sql))


def audit(t, s, answers):
    n = s.n
    states = collections.Counter((s.jobs[x][0], a.state) for x, a in answers.items())
    print("# %s; hit: %s" % (dict(states), dict(s.hit)))
    quarantined = {x for x, a in answers.items() if a.state == "failed" and a.error["code"] == "QUARANTINED"}
    bad = {x: a.error for x, a in answers.items() if a.state != "completed" and x not in quarantined}
    t.is_(bad, {}, "every job completed, but for those whose worker was killed under them three times: %s" % (sorted(quarantined) or "none"))
    ids = ",".join(j for _, j in s.jobs.values())
    t.is_(count(n, "SELECT count(*) FROM core.done WHERE id = ANY ('{%s}')" % ids), len(s.jobs), "each ended once")
    for kind, table, column in (("definition", "cred_def", "tag"), ("registry", "rev_reg", "tag"), ("import", "wallet", "name")):
        want = sorted(x for x, (k, _) in s.jobs.items() if k == kind and x not in quarantined)
        got = sorted(r[0] for r in n.rows("SELECT %s FROM core.%s WHERE %s LIKE '%s-%%'" % (column, table, column, kind)))
        t.is_(got, want, "%s: one for each that was asked for" % kind)
    t.is_(count(n, "SELECT count(*) FROM core.wallet WHERE job IS NOT NULL"), 0, "no half wallet")
    per = {int(r[0]) for r in n.rows("SELECT count(*) FROM core.wallet w JOIN core.wallet_item i ON i.wallet = w.serial WHERE w.name LIKE 'import-%' GROUP BY w.serial")}
    t.ok(len(per) <= 1, "every imported wallet has the same number of records: %s" % per)
    revoked = sorted(int(x.split("-")[1]) + FIRST_REVOKED for x, (k, _) in s.jobs.items() if k == "revoke" and x not in quarantined)
    newest = s.ann.must("issuer.update_status_list", {"id": s.registry["rev_reg_id"]})["status_list"]
    t.is_([i for i, bit in enumerate(newest["revocationList"]) if bit], revoked, "the list has just what was revoked")
    free = next(i for i in range(1, SIZE) if i not in revoked)
    issued(t, s, newest, free)
    leavings(t, s)


def issued(t, s, newest, free):
    """A credential of the registry proves that it is not revoked: so the accumulator is that of the bitmap."""
    a = s.ann
    a.must("holder.create_link_secret", {"wallet": "w"}, {"name": "l"})
    offer = a.must("issuer.create_offer", {"wallet": "w", "cred_def_id": s.base["cred_def_id"]})
    request = a.must("holder.create_request", {"wallet": "w", "link_secret": "l", "offer": offer, "cred_def": s.base["cred_def"], "entropy": "e"})
    got = a.must("issuer.create_credential", {"wallet": "w", "offer": offer, "request": request, "registry": s.registry["rev_reg_id"]}, {"values": {"a": "1", "b": "2"}})
    index = got["rev_reg_index"]
    state = a.must("holder.revocation_state", {"rev_reg_def": s.registry["rev_reg_def"], "index": index, "status_list": newest,
                                               "tails": s.registry["rev_reg_def"]["value"]["tailsHash"]})
    cred = a.must("holder.process_credential", {"wallet": "w", "cred_def": s.base["cred_def"], "rev_reg_def": s.registry["rev_reg_def"]},
                  {"credential": got["credential"]})["credential_id"]
    asked = {"nonce": "1234", "name": "n", "version": "1", "requested_attributes": {"a": {"name": "a"}}, "requested_predicates": {},
             "non_revoked": {"to": newest["timestamp"]}}
    objects = {"schemas": {}, "cred_defs": {s.base["cred_def_id"]: s.base["cred_def"]}}
    p = a.must("holder.create_presentation", {"wallet": "w", "link_secret": "l", "request": asked, "states": {cred: state}, **objects,
               "selection": {"requested_attributes": {"a": {"cred_id": cred, "timestamp": state["timestamp"], "revealed": True}}, "requested_predicates": {}}})
    v = a.must("verifier.verify_presentation", {"request": asked, **objects, "rev_reg_defs": {s.registry["rev_reg_id"]: s.registry["rev_reg_def"]},
                                                "status_lists": [newest]}, {"presentation": p})
    t.is_(v["valid"], True, "a witness from the tails fits the accumulator that the storm left (index %d, first free %d)" % (index, free))


def leavings(t, s):
    n = s.n
    n.psql("CHECKPOINT")
    n.wait(lambda: len(n.of_workers("darkroom-cred", below=True)) <= 2 * len(n.of_workers("darkroom-cred")), 10,
           "no process but runners and the forks that wait in them")
    t.is_([f for f in os.listdir(n.path("spool")) if len(f) == 36], [], "no folder in the spool")
    t.is_(os.listdir(n.path("blobs", "tmp")), [], "no temporary blob")
    words = [w.encode() for w in (SEED_CANARY[:32], VALUE_CANARY, KEY, *s.ann.handles.values())]
    found = set()
    for top, _, files in os.walk(n.dir):
        for name in files:
            with contextlib.suppress(OSError), open(os.path.join(top, name), "rb") as f:
                data = f.read()
                found |= {(w.decode(), os.path.relpath(os.path.join(top, name), n.dir)) for w in words if w in data}
    t.is_(found, set(), "no secret in clear: database, WAL, logs, spool, blobs")
    cores = [os.path.join(top, f) for top, _, files in os.walk(n.dir) for f in files if f == "core" or f.startswith("core.")]
    t.is_(cores, [], "no core file")


def main():
    need_root()
    kills, seed = (int(x) for x in (sys.argv[1:] + ["100", "1"][len(sys.argv) - 1:]))
    t = Tap()
    with CredNode("cred-storm", conf=CONF) as n:
        s = Storm(n, seed)
        s.prepare()
        began = time.monotonic()
        s.blow(kills)
        answers = s.calm()
        print("# %d kills in %.0f s, %d jobs" % (kills, time.monotonic() - began, len(answers)))
        audit(t, s, answers)
    t.done()


main()
