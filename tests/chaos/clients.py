"""Clients: consumers and an owner that keep to the API's rules on a node that keeps breaking.

Every submit carries its idempotency key and is repeated until it is accepted; some hang up before
the answer, some are repeated after they were accepted, some are cancelled.  Uploads break off in
the middle; the owner revokes leases, releases or withholds, and removes assets that are in use.
"""
import contextlib
import hashlib
import http.client
import json
import random
import threading

from plan import MAY_BE_REFUSED

RETRY = {429, 500, 502, 503, 504}
# Right after a restart of the database, reads stamped before it are refused by rule.
REFUSED_ONCE = {401, 403}


class Clients:
    def __init__(self, world, agenda, ledger):
        self.world, self.node, self.agenda, self.ledger = world, world.node, agenda, ledger
        self.jitter = random.Random()
        self.stop = threading.Event()

    def plan(self, plan):
        for s in plan.scripts:
            self.agenda.at(s.at, self.hang_up if s.drop else self.submit, s)
        for b in plan.noops:
            self.agenda.at(b.at, self.noops, b)
        for u in plan.uploads:
            self.agenda.at(u.at, self.break_off if u.cut else self.upload, u)
        for at, group in plan.revocations:
            self.agenda.at(at, self.revoke, group)

    def again(self, fn, *args):
        if not self.stop.is_set():
            self.agenda.after(self.jitter.uniform(0.05, 0.5), fn, *args)

    def call(self, who, method, target, body=None, idem=None, timeout=20):
        """-> (status, JSON), or (0, None) when no answer came; either way it is in the ledger."""
        try:
            status, _, out = who.call(method, target, body, idem=idem, timeout=timeout)
        except (OSError, http.client.HTTPException) as e:
            self.ledger.met(type(e).__name__)
            return 0, None
        code = out.get("error", {}).get("code", "") if isinstance(out, dict) and isinstance(out.get("error"), dict) else ""
        self.ledger.met(("%d %s" % (status, code)).strip())
        return status, out

    def insist(self, who, method, target, body, idem, good, then, again):
        """One try: `then` on a good status, again later on one that may pass, else a broken promise."""
        status, out = self.call(who, method, target, body, idem)
        if status in good:
            then(out)
        elif status and status not in RETRY:
            self.ledger.wrong("%s %s: %d %s" % (method, target, status, out))
        else:
            self.again(*again)

    def consumer(self, s):
        return self.world.consumers[s.consumer]

    def body(self, s):
        """The same bytes at every try: the idempotency key stands for them."""
        return json.dumps({"lease_id": self.world.lease(s), "code": s.code, "priority": s.priority,
                           "inputs": [{"asset_id": self.world.asset(s), "variable_name": "v"}]}).encode()

    # ---- computations ------------------------------------------------------
    def send_and_leave(self, who, method, target, body, idem, part):
        """Send that part of a request and close without reading."""
        c = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=10)
        try:
            c.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for k, v in {"Host": self.node.host, "Content-Length": str(len(body)),
                         **who.headers(method, target, hashlib.sha256(body).hexdigest(), idem)}.items():
                c.putheader(k, v)
            c.endheaders()
            c.send(body[:int(len(body) * part)])
            self.ledger.met("hung up")
        except (OSError, http.client.HTTPException) as e:
            self.ledger.met(type(e).__name__)
        finally:
            c.close()

    def hang_up(self, s):
        self.send_and_leave(self.consumer(s), "POST", "/api/v1/privacy/execute", self.body(s), s.key, 1)
        self.again(self.submit, s)

    def submit(self, s):
        status, out = self.call(self.consumer(s), "POST", "/api/v1/privacy/execute", self.body(s), s.key)
        if status == 202:
            new = s.key not in self.ledger.accepted
            self.ledger.accept(s.key, out["computation_id"])
            if new:
                self.accepted(s)
        elif status == 403 and (s.kin in MAY_BE_REFUSED or s.removed):
            self.ledger.refuse(s.key, out["error"]["message"])
        elif status and status not in RETRY:
            self.ledger.wrong("submit %s: %d %s" % (s.key, status, out))
        else:
            self.again(self.submit, s)

    def accepted(self, s):
        if s.replay:
            self.agenda.after(s.replay, self.submit, s)
        if s.cancel:
            self.agenda.after(s.cancel, self.cancel, s)
        if s.decision:
            self.agenda.after(0.5, self.decide, s)

    def cancel(self, s):
        self.insist(self.consumer(s), "POST", "/api/v1/privacy/results/%s/cancel" % self.ledger.accepted[s.key], {}, None,
                    {200}, lambda out: None, (self.cancel, s))

    def result(self, s):
        """The public record of a finished computation; after a restart reads are refused for a second, by rule."""
        return self.node.wait(lambda: self.read(s), 10, "the result of " + s.key)

    def read(self, s):
        status, out = self.call(self.consumer(s), "GET", "/api/v1/privacy/results/%s" % self.ledger.accepted[s.key])
        if status and status != 200 and status not in RETRY | REFUSED_ONCE:
            raise AssertionError("result of %s: %s %r" % (s.key, status, out))
        return out if status == 200 else None

    # ---- the owner ---------------------------------------------------------
    def decide(self, s):
        """Release or withhold held output once there is some; a job that failed has none."""
        comp = self.ledger.accepted[s.key]
        status, out = self.call(self.world.owner, "POST", "/api/v1/privacy/results/%s/%s" % (comp, s.decision), {"reason": "planned"})
        if status == 200:
            return
        if status == 409:
            status, out = self.call(self.world.owner, "GET", "/api/v1/privacy/results/%s" % comp)
            if status == 200 and out["status"] == "failed":
                return
        elif status and status not in RETRY:
            self.ledger.wrong("%s %s: %d %s" % (s.decision, s.key, status, out))
            return
        self.again(self.decide, s)

    def revoke(self, group):
        self.insist(self.world.owner, "POST", "/api/v1/leases/%s/revoke" % self.world.leases[group], {"reason": "planned"}, None,
                    {200}, lambda out: None, (self.revoke, group))

    # ---- assets ------------------------------------------------------------
    def target(self, u):
        return "/api/v1/assets/%s?kind=%s" % (u.name, u.kind)

    def break_off(self, u):
        self.send_and_leave(self.world.owner, "PUT", self.target(u), u.data, None, self.jitter.random())
        self.again(self.upload, u)

    def upload(self, u):
        data = u.data

        def stored(out):
            self.ledger.stored[u.name] = hashlib.sha256(data).hexdigest()
            if out["sha256"] != self.ledger.stored[u.name] or out["version"] != 1:
                self.ledger.wrong("upload %s: %s" % (u.name, out))
            self.grant(u)
        self.insist(self.world.owner, "PUT", self.target(u), data, None, {200, 201}, stored, (self.upload, u))

    def grant(self, u):
        body = {"consumer": self.world.consumers[0].principal_id, "assets": [u.name], "expires_at": "2099-01-01T00:00:00Z", "max_runs": 10**6}

        def granted(out):
            self.world.leases[u.name] = out["lease_id"]
            self.submit(u.script)
            if u.remove:
                self.agenda.after(u.remove, self.remove, u)
        self.insist(self.world.owner, "POST", "/api/v1/leases/grant", body, "grant-" + u.name, {200, 201}, granted, (self.grant, u))

    def remove(self, u):
        """Once it is gone a repeated removal finds nothing: the first one may have been heard."""
        self.insist(self.world.owner, "DELETE", "/api/v1/assets/" + u.name, None, None, {204, 404},
                    lambda out: self.ledger.removed.add(u.name), (self.remove, u))

    # ---- jobs of the node itself -------------------------------------------
    def noops(self, b):
        """One transaction: the batch's number and its jobs, so that a commit in doubt is no doubt."""
        due = "clock_timestamp() + interval '%f s'" % b.due_s if b.due_s else "NULL"
        spec = '{"sleep_ms": %d}' % b.sleep_ms if b.kind == "system.noop" else "{}"
        try:
            self.node.psql("""BEGIN;
INSERT INTO chaos.batch VALUES (%d, %d);
INSERT INTO chaos.noop SELECT api.job_submit('%s', '%s', %d, %s) FROM generate_series(1, %d);
COMMIT;""" % (b.seed, b.batch, b.kind, spec, b.priority, due, b.count))
            self.ledger.met("sql ok")
        except RuntimeError as e:
            if "duplicate key" in str(e):   # the first try did commit
                self.ledger.met("sql ok, unheard")
                return
            self.ledger.met("sql failed")
            self.again(self.noops, b)


class Operator:
    """An operator at psql: pauses lanes, moves and cancels jobs, all through api functions."""

    def __init__(self, node, agenda, ledger, seed):
        self.node, self.agenda, self.ledger, self.r = node, agenda, ledger, random.Random(seed)
        self.paused = set()

    def plan(self, seconds, every=4.0):
        for i in range(int(seconds / every)):
            self.agenda.at(i * every, self.r.choice((self.pause, self.move, self.move, self.cancel, self.look)))

    def sql(self, text):
        try:
            out = self.node.psql(text)
            self.ledger.met("operator ok")
            return out
        except RuntimeError as e:
            self.ledger.met("operator refused" if "not waiting" in str(e) or "no job" in str(e) else "operator failed")
            return None

    def pause(self):
        lane = self.r.choice(("compute", "light"))
        self.paused.add(lane)
        self.sql("SELECT api.lane_pause('%s')" % lane)
        self.agenda.after(self.r.uniform(0.2, 2), self.resume, lane)

    def resume(self, lane):
        """Until it is heard: a lane that stays paused would be a fault of ours."""
        if self.sql("SELECT api.lane_resume('%s')" % lane) is None:
            self.agenda.after(0.5, self.resume, lane)
        else:
            self.paused.discard(lane)

    def move(self):
        self.sql("SELECT api.job_move(id::text, %d) FROM (SELECT id FROM core.ready UNION ALL SELECT id FROM core.later LIMIT 1) x" % self.r.randint(-10, 10))

    def cancel(self):
        """A job of the node, noted before it is tried: the answer may be lost."""
        job = self.sql("SELECT r.id FROM core.ready r WHERE r.kind = 2 LIMIT 1")
        if job:
            self.ledger.cancelled.add(job)
            self.sql("SELECT api.job_cancel_by_operator('%s')" % job)

    def look(self):
        for view in ("ops.queue", "ops.running", "ops.workers"):
            with contextlib.suppress(RuntimeError):
                self.node.psql("SELECT count(*) FROM " + view)
