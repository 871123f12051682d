"""Clients: consumers that keep to the API's rules on a node that keeps breaking.

Every submit carries its idempotency key and is repeated until it is accepted; some hang up before
the answer, some are repeated after they were accepted, some are cancelled.
"""
import hashlib
import http.client
import json
import random
import threading

RETRY = {429, 500, 502, 503, 504}
# Right after a restart of the database, reads stamped before it are refused by rule.
REFUSED_ONCE = {401, 403}


class Clients:
    def __init__(self, node, consumer, lease, agenda, ledger):
        self.node, self.consumer, self.lease, self.agenda, self.ledger = node, consumer, lease, agenda, ledger
        self.jitter = random.Random()
        self.stop = threading.Event()

    def plan(self, plan):
        for s in plan.scripts:
            self.agenda.at(s.at, self.hang_up if s.drop else self.submit, s)
        for b in plan.noops:
            self.agenda.at(b.at, self.noops, b)

    def again(self, fn, *args):
        if not self.stop.is_set():
            self.agenda.after(self.jitter.uniform(0.05, 0.5), fn, *args)

    def call(self, method, target, body=None, idem=None):
        """-> (status, JSON), or (0, None) when no answer came; either way it is in the ledger."""
        try:
            status, _, out = self.consumer.call(method, target, body, idem=idem, timeout=20)
        except (OSError, http.client.HTTPException) as e:
            self.ledger.met(type(e).__name__)
            return 0, None
        code = out.get("error", {}).get("code", "") if isinstance(out, dict) and isinstance(out.get("error"), dict) else ""
        self.ledger.met(("%d %s" % (status, code)).strip())
        return status, out

    def body(self, s):
        """The same bytes at every try: the idempotency key stands for them."""
        return json.dumps({"lease_id": self.lease, "code": s.code, "inputs": [{"asset_id": "data_456", "variable_name": "v"}]}).encode()

    # ---- computations ------------------------------------------------------
    def hang_up(self, s):
        """Send the whole request and close without reading; then submit as everybody."""
        target, body = "/api/v1/privacy/execute", self.body(s)
        c = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=10)
        try:
            c.request("POST", target, body=body, headers={
                "Host": self.node.host, **self.consumer.headers("POST", target, hashlib.sha256(body).hexdigest(), s.key)})
            self.ledger.met("hung up")
        except (OSError, http.client.HTTPException) as e:
            self.ledger.met(type(e).__name__)
        finally:
            c.close()
        self.again(self.submit, s)

    def submit(self, s):
        status, out = self.call("POST", "/api/v1/privacy/execute", self.body(s), s.key)
        if status == 202:
            new = s.key not in self.ledger.accepted
            self.ledger.accept(s.key, out["computation_id"])
            if new and s.replay:
                self.agenda.after(s.replay, self.submit, s)
            if new and s.cancel:
                self.agenda.after(s.cancel, self.cancel, s)
            return
        if status and status not in RETRY:
            self.ledger.wrong("submit %s: %d %s" % (s.key, status, out))
            return
        self.again(self.submit, s)

    def cancel(self, s):
        comp = self.ledger.accepted[s.key]
        status, out = self.call("POST", "/api/v1/privacy/results/%s/cancel" % comp, {})
        if status and status not in RETRY and status != 200:
            self.ledger.wrong("cancel %s: %d %s" % (s.key, status, out))
        elif status != 200:
            self.again(self.cancel, s)

    def result(self, comp):
        """The public record of a finished computation; after a restart reads are refused for a second, by rule."""
        return self.node.wait(lambda: self.read(comp), 10, "the result of " + comp)

    def read(self, comp):
        status, out = self.call("GET", "/api/v1/privacy/results/%s" % comp)
        if status and status != 200 and status not in RETRY | REFUSED_ONCE:
            raise AssertionError("result of %s: %s %r" % (comp, status, out))
        return out if status == 200 else None

    # ---- jobs of the node itself -------------------------------------------
    def noops(self, b):
        """One transaction: the batch's number and its jobs, so that a commit in doubt is no doubt."""
        try:
            self.node.psql("""BEGIN;
INSERT INTO chaos.batch VALUES (%d, %d);
INSERT INTO chaos.noop SELECT api.job_submit('system.noop', '{"sleep_ms": %d}') FROM generate_series(1, %d);
COMMIT;""" % (b.seed, b.batch, b.sleep_ms, b.count))
            self.ledger.met("sql ok")
        except RuntimeError as e:
            if "duplicate key" in str(e):   # the first try did commit
                self.ledger.met("sql ok, unheard")
                return
            self.ledger.met("sql failed")
            self.again(self.noops, b)
