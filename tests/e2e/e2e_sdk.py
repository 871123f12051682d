#!/usr/bin/python3
"""The Python client: its own tests, then every call of it against a real node."""
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SDK = os.path.join(TOP, "sdk")
sys.path[:0] = [os.path.join(TOP, "tests"), SDK]
import harness  # noqa: E402

from darkroom.pandacea import (APIResponseError, ComputationFailed, ComputationTimeout,  # noqa: E402
                               PandaceaClient)

CSV = b"a,b\n1,2\n3,4\n5,6\n"
MAKES_ARTIFACTS = """\
import json, pathlib
print("rows", len(features))
out = pathlib.Path("/out")
(out / "small.json").write_text(json.dumps({"sum": sum(int(r["a"]) for r in features), "params": params}))
(out / "big.bin").write_bytes(bytes(i * 7 % 256 for i in range(100000)))
"""
PRODUCT = "did:pandacea:tests:sdk/table"


def unit_tests(t):
    p = subprocess.run([sys.executable, "-m", "unittest"], cwd=os.path.join(SDK, "tests"), capture_output=True, text=True,
                       env={**os.environ, "PYTHONPATH": SDK, "PYTHONDONTWRITEBYTECODE": "1"})
    if not t.ok(p.returncode == 0 and " 0 tests" not in p.stderr, "the client's own tests"):
        t.diag(p.stderr)


class Story:
    def __init__(self, t, node, folder):
        self.t, self.node, self.folder = t, node, folder
        owner, consumer = node.principal("owner", ["owner"]), node.principal("consumer", ["consumer"])
        self.consumer_id = consumer.principal_id
        self.owner = PandaceaClient(node.url, owner.key_file)
        self.client = PandaceaClient(node.url + "/", consumer.key_file)
        self.peer_id = consumer.peer_id

    def run(self):
        for step in (self.lease, self.usage_example, self.artifacts, self.failure, self.waiting, self.idempotency,
                     self.stored_script, self.proposal, self.dispute, self.held, self.tokens, self.refusals):
            with self.t.case(step.__name__):
                step()
        self.owner.close()
        self.client.close()

    def inputs(self):
        return [{"asset_id": "data_456", "variable_name": "features"}]

    def submit(self, code, **more):
        return self.client.execute_computation("lease_123", code=code, inputs=self.inputs(), **more)

    def lease(self):
        t = self.t
        made = self.owner.put_asset("data_456", CSV, "csv", note="three rows")
        t.is_((made["version"], made["size"]), (1, len(CSV)), "put_asset stores a version")
        t.is_(self.owner.put_asset("data_456", CSV, "csv")["version"], 1, "equal bytes make no second version")
        t.is_([a["asset_id"] for a in self.owner.list_assets()], ["data_456"], "list_assets")
        t.is_(self.owner.set_asset("data_456", title="T")["title"], "T", "set_asset")
        lease = self.owner.grant_lease(self.peer_id, ["data_456"], expires_at="2099-01-01T00:00:00Z", lease_id="lease_123",
                                       max_runs=100)
        t.is_(lease["lease_id"], "lease_123", "grant_lease")
        t.is_(self.client.get_lease("lease_123")["runs_left"], 100, "the consumer sees it")
        t.is_(len(list(self.client.list_leases(state="approved"))), 1, "list_leases")

    def usage_example(self):
        t, here = self.t, os.getcwd()
        with open(os.path.join(self.folder, "script.py"), "w") as f:
            f.write("print(sum(int(r['b']) for r in features))\n")
        os.chdir(self.folder)
        try:
            computation_id = self.client.execute_computation(
                lease_id="lease_123", code_path="script.py",
                inputs=[{"asset_id": "data_456", "variable_name": "features"}])
        finally:
            os.chdir(here)
        t.like(computation_id, r"^comp-[a-z2-7]{26}$", "execute_computation returns the id at once")
        result = self.client.wait_for_computation(computation_id)
        t.is_(result["results"]["output"], "12\n", "and its result comes")

    def artifacts(self):
        t = self.t
        cid = self.submit(MAKES_ARTIFACTS, params={"x": "ü"}, label="art")
        result = self.client.wait_for_computation(cid, timeout=60)
        data = bytes(i * 7 % 256 for i in range(100000))
        inline = result["results"]["artifacts"]
        t.is_(self.client.decode_artifact(inline["big.bin"]), data, "an inline artifact, byte for byte")
        path = os.path.join(self.folder, "big.bin")
        with open(path + ".part", "wb") as f:
            f.write(data[:40000])
        t.is_(self.client.download_artifact(cid, "big.bin", path), path, "a download goes on from its part")
        with open(path, "rb") as f:
            t.is_(f.read(), data, "to the same bytes")
        small = os.path.join(self.folder, "small.json")
        with open(small + ".part", "wb") as f:
            f.write(b"of something else")
        self.client.download_artifact(cid, "small.json", small)
        with open(small) as f:
            t.is_(f.read(), '{"sum": 9, "params": {"x": "\\u00fc"}}', "a wrong part is fetched anew")
        t.is_(self.client.logs(cid), "rows 3\n", "logs")
        t.is_([j["computation_id"] for j in self.client.list_computations(label="art")], [cid], "list_computations filters")
        t.is_(self.client.get_computation(cid)["id"], cid, "get_computation is the full record")
        t.is_(self.client.purge(cid), None, "purge")
        t.is_(self.client.get_computation_result(cid)["phase"], "purged", "removes the output")

    def failure(self):
        t = self.t
        cid = self.submit("raise ValueError('bad day')")
        try:
            self.client.wait_for_computation(cid, timeout=60)
            t.ok(False, "a failed job raises")
        except ComputationFailed as e:
            t.is_((e.reason_code, e.computation_id), ("EXCEPTION", cid), "ComputationFailed carries the reason")
            t.like(e.message, "ValueError at line 1", "and what happened")
        result = self.client.get_computation_result(cid)
        t.is_((result["status"], "error" in result), ("failed", True), "get_computation_result only tells")

    def waiting(self):
        t = self.t
        cid = self.submit("import time; time.sleep(300)")
        try:
            self.client.wait_for_computation(cid, timeout=2)
            t.ok(False, "a wait ends in time")
        except ComputationTimeout as e:
            t.is_(e.computation_id, cid, "ComputationTimeout after the time given")
        phases = []
        for state in self.client.events(cid):
            phases.append(state["phase"])
            if state["phase"] == "running":
                self.client.cancel(cid)
        t.is_((phases[-1], "running" in phases), ("cancelled", True), "events yields each change to the last")
        t.is_(self.client.cancel(cid)["phase"], "cancelled", "cancelling twice is the same")

    def idempotency(self):
        t = self.t
        one = self.submit("print(1)", idempotency_key="k-1")
        t.is_(self.submit("print(1)", idempotency_key="k-1"), one, "the same key and body: the first job")
        try:
            self.submit("print(2)", idempotency_key="k-1")
            t.ok(False, "the same key with another body is refused")
        except APIResponseError as e:
            t.is_((e.status_code, e.code), (409, "CONFLICT"), "the same key with another body is refused")
            t.ok(e.request_id, "a refusal names its request")

    def stored_script(self):
        t = self.t
        path = os.path.join(self.folder, "stored.py")
        with open(path, "w") as f:
            f.write("print('from a CID')\n")
        cid = self.client.upload_code_to_ipfs(path)
        job = self.client.execute_computation("lease_123", cid, self.inputs())
        t.is_(self.client.wait_for_computation(job, timeout=60)["results"]["output"], "from a CID\n", "a script by its CID")

    def proposal(self):
        t = self.t
        self.owner.put_product(PRODUCT, "Table", "tabular", ["tests"], ["data_456"])
        t.is_([p.product_id for p in self.client.discover_products()], [PRODUCT], "discover_products")
        proposal = self.client.request_lease(PRODUCT, "1.5", "1d")
        t.is_(self.client.get_lease(proposal)["status"], "pending", "request_lease")
        lease = self.owner.approve_lease(proposal, price="1.2")["lease_id"]
        t.is_(self.client.get_lease(proposal)["lease_id"], lease, "approve_lease gives it a lease_id")
        t.is_(self.owner.revoke_lease(lease, "no more")["state"], "revoked", "revoke_lease")
        self.owner.remove_product(PRODUCT)
        t.is_(self.client.discover_products(), [], "remove_product")

    def dispute(self):
        t = self.t
        dispute = self.client.raise_dispute("lease_123", "the columns are wrong")
        t.like(dispute, r"^dsp_[a-z2-7]{26}$", "raise_dispute names the dispute")
        try:
            self.submit("print(1)")
            t.ok(False, "nothing runs under a disputed lease")
        except APIResponseError as e:
            t.is_(e.status_code, 403, "nothing runs under a disputed lease")
        self.owner.close_dispute("lease_123", "the columns are back")
        t.is_(self.client.wait_for_computation(self.submit("print(1)"), timeout=60)["status"], "completed", "until its owner closes it")

    def held(self):
        t = self.t
        self.owner.set_asset("data_456", release_mode="hold")
        one, two = self.submit("print(1)"), self.submit("print(2)")
        for cid in (one, two):
            states = [s["phase"] for s in self.owner_events(cid)]
            t.is_(states[-1], "in_review", "held output waits")
        self.owner.release_computation(one)
        t.is_(self.client.wait_for_computation(one, timeout=20)["results"]["output"], "1\n", "release_computation")
        self.owner.withhold_computation(two, "not this one")
        t.is_(self.client.get_computation_result(two)["phase"], "withheld", "withhold_computation")
        self.owner.set_asset("data_456", release_mode="auto")

    def owner_events(self, cid):
        for state in self.client.events(cid):
            yield state
            if state["phase"] == "in_review":
                return

    def tokens(self):
        t = self.t
        made = self.client.create_token("reader", ["job:read"], 3600)
        path = os.path.join(self.folder, "token")
        with open(path, "w") as f:
            f.write(made["token"] + "\n")
        with PandaceaClient(self.node.url, token_file=path) as reader:
            t.ok(list(reader.list_computations(limit=2)), "a token reads, page after page")
            try:
                reader.execute_computation("lease_123", code="print(1)", inputs=self.inputs())
                t.ok(False, "but submits nothing")
            except APIResponseError as e:
                t.is_(e.status_code, 403, "but submits nothing")
            self.client.remove_token(made["id"])
            try:
                next(reader.list_computations())
                t.ok(False, "a removed token is dead")
            except APIResponseError as e:
                t.is_(e.status_code, 401, "a removed token is dead")

    def refusals(self):
        t = self.t
        for what, call in (("an unknown job", lambda: self.client.get_computation_result("comp-" + "a" * 26)),
                           ("another's asset", lambda: self.client.get_asset("nope"))):
            try:
                call()
                t.ok(False, what + " is 404")
            except APIResponseError as e:
                t.is_(e.status_code, 404, what + " is 404")
        try:
            self.client.execute_computation("lease_123", code="print(1)", inputs=[{"asset_id": "../x", "variable_name": "v"}])
            t.ok(False, "a bad field is named")
        except APIResponseError as e:
            t.is_((e.status_code, e.code), (400, "VALIDATION_ERROR"), "a bad field is refused")
            t.like(e.message, "asset_id", "and named")


def main():
    harness.need_root()
    t = harness.Tap()
    unit_tests(t)
    with harness.Node("sdk", conf={"pool_size": 2}) as node, tempfile.TemporaryDirectory() as folder:
        node.psql("UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
        Story(t, node, folder).run()
    t.done()


main()
