#!/usr/bin/python3
"""A front process dies between the commit of a call and its answer: what the client is told, and that asking again is safe.

Needs the build with fault points (`make faults`).
"""
import hashlib
import os
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
os.environ.setdefault("DR_BUILD", os.path.abspath(os.path.join(TOP, "build", "faults")))
sys.path[:0] = [os.path.join(TOP, p) for p in ("tests", "tests/chaos", "sdk")]
import darkroom  # noqa: E402
import harness  # noqa: E402
from points import Points  # noqa: E402

t = harness.Tap()


class Node(harness.Node):
    def __init__(self, name, **more):
        super().__init__(name, **more)
        os.makedirs(self.dir, exist_ok=True)
        self.points = Points(self.path("faults"))

    def env(self):
        return {**super().env(), "DR_FAULT_DIR": self.points.path}

    def dying(self, call):
        """What call() brings when the process that serves it dies with the committed answer in its hands."""
        struck = len(self.points.struck())
        self.points.arm("batch.answered")
        out = call()
        t.is_(len(self.points.struck()), struck + 1, "a front process died before its answer")
        return out


def is_lost(answer, what):
    status, headers, body = answer
    t.is_((status, body["error"]["code"], headers.get("retry-after")), (503, "BACKPRESSURE", "2"), what)
    t.is_(body["error"]["requestId"], headers.get("x-request-id"), "as JSON with its request id")


def removal(n, owner):
    removed = "SELECT removed_at IS NOT NULL FROM core.asset WHERE asset_id = 'doomed'"
    owner.asset("doomed", b"1", kind="file")
    is_lost(n.dying(lambda: owner.call("DELETE", "/api/v1/assets/doomed")), "a removal whose answer is lost: ask again")
    t.is_(n.psql(removed), "t", "it was made")
    t.is_(n.psql("SELECT count(*) FROM core.event WHERE verb = 'asset.removed'"), "1", "once")
    t.is_(owner.call("DELETE", "/api/v1/assets/doomed")[0], 404, "asked again with a new signature: nothing is there")


def script(n, consumer):
    text = b"print(42)\n"
    is_lost(n.dying(lambda: consumer.call("PUT", "/api/v1/scripts", text)), "a script whose answer is lost: ask again")
    s, _, b = consumer.call("PUT", "/api/v1/scripts", text)
    t.is_((s, b["sha256"]), (200, hashlib.sha256(text).hexdigest()), "the same script again is there")


def submit(n, consumer, lease):
    body = {"lease_id": lease, "code": "print(1)", "inputs": [{"asset_id": "data_456", "variable_name": "x"}]}
    is_lost(n.dying(lambda: consumer.call("POST", "/api/v1/privacy/execute", body, idem="once")), "a submit whose answer is lost: ask again")
    s, h, b = consumer.call("POST", "/api/v1/privacy/execute", body, idem="once")
    t.is_((s, h.get("idempotency-replayed")), (202, "true"), "under its key the first one answers")
    t.is_(n.psql("SELECT count(*) FROM core.computation"), "1", "one computation is there")


def with_tools(n, owner):
    """SDK and command ask again by themselves, signed anew."""
    def sdk():
        return darkroom.DarkroomClient(n.url, owner.key_file).remove_asset("sdk")

    def command():
        return subprocess.run([os.path.join(harness.BUILD, "darkroom"), "asset", "rm", "command"], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "DARKROOM_URL": n.url, "DARKROOM_KEY_FILE": owner.key_file})
    for name in ("sdk", "command"):
        owner.asset(name, name.encode(), kind="file")
    t.is_(n.dying(sdk), None, "the SDK's removal succeeds")
    p = n.dying(command)
    if not t.is_(p.returncode, 0, "and so does the command's"):
        t.diag(p.stdout + p.stderr)
    t.is_(n.psql("SELECT count(*) FROM core.asset WHERE removed_at IS NULL AND asset_id IN ('sdk', 'command')"), "0", "both are gone")


with Node("front-lost", parts=("pg", "fcgi", "nginx")) as node:
    node.psql("INSERT INTO core.image (name, digest, loaders) VALUES ('minimal', 'sha256:%s', '{csv}')" % ("0" * 64))
    node.psql("UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
    alice, bob, granted = node.pair()
    with t.case("removal"):
        removal(node, alice)
    with t.case("script"):
        script(node, bob)
    with t.case("submit"):
        submit(node, bob, granted)
    with t.case("tools"):
        with_tools(node, alice)
t.done()
