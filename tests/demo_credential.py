#!/usr/bin/python3
"""Issuer, holder and verifier on one machine: from a schema to a presentation that is refused.

usage: demo_credential.py [FOLDER]     where every object is saved as JSON (run/credential)

A private node of its own, as `make demo` has; three keys, one for each of the three, who know of each other only what
is shown.  Everything a person would type is shown as it is typed.
"""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests"))
import demo as base  # noqa: E402
import harness  # noqa: E402
from demo import BOLD, OFF, step  # noqa: E402

ISSUER = "NcYxiDXkpYi6ov5FcYDi1e"
HOLDER = "VsKV7grR1BUE29mG2Fm2kX"
PEOPLE = ("issuer", "holder", "verifier")
OBJECT_WIDTH = 100


def short(value):
    """One line of an object: long numbers and lists are cut."""
    if isinstance(value, dict):
        return {k: short(v) for k, v in value.items()}
    if isinstance(value, list):
        return [short(v) for v in value[:4]] + (["... %d in all" % len(value)] if len(value) > 4 else [])
    if isinstance(value, str) and len(value) > 40:
        return "%s...(%d)" % (value[:28], len(value))
    return value


class CredentialDemo(base.Demo):
    def __init__(self, root, out):
        os.makedirs(root, exist_ok=True)
        self.root, self.state, self.out = root, base.State(root), out
        self.node = base.Node("credential", root=os.path.join(root, "node"), images=(), fsync=True, port=None,
                              shared_buffers="256MB", conf={"lanes": "maint,cred-light,cred-heavy,cred-idle"})
        self.node.noted = self.state.note
        self.keys = os.path.join(root, "keys")
        os.makedirs(self.keys, mode=0o700, exist_ok=True)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out, mode=0o700)
        self.times = []

    def start(self):
        step("private PostgreSQL, nginx, darkroom-fcgi, darkroom-workerd with the lanes of the credential service")
        t0 = time.monotonic()
        self.node.up()
        print("    up in %.1f s at %s" % (time.monotonic() - t0, self.node.url), flush=True)

    def people(self):
        for who in ("operator",) + PEOPLE:
            self.cli(who, "key", "new", self.key(who), show=False)
        peer = {w: self.cli(w, "key", "show", self.key(w), show=False)["peer_id"] for w in ("operator",) + PEOPLE}
        public = harness.unb58(peer["operator"])[-32:].hex()
        self.node.psql("SELECT api.operator_bootstrap('operator', '%s', '%s')" % (peer["operator"], public))
        for who in PEOPLE:
            self.cli("operator", "principal", "add", who, "--role", "consumer", "--key", peer[who], show=False)

    # ---- objects ---------------------------------------------------------------
    def file(self, name):
        return os.path.join(self.out, name + ".json")

    def save(self, name, value):
        with open(self.file(name), "w") as f:
            json.dump(value, f, indent=1)
        print("    %-22s %s" % (name + ".json", json.dumps(short(value))[:OBJECT_WIDTH]), flush=True)
        return value

    def load(self, name):
        with open(self.file(name)) as f:
            return json.load(f)

    def do(self, who, name, what, *args):
        """Run a command; its result is saved under name, its time told under what."""
        t0 = time.monotonic()
        value = self.cli(who, *args)
        self.times.append((what, time.monotonic() - t0))
        return self.save(name, value)

    # ---- the story -------------------------------------------------------------
    def issuer_begins(self):
        step("the issuer makes a wallet, a schema, the keys of a definition and a revocation registry")
        self.cli("issuer", "wallet", "create", "agency", "--method", "managed")
        self.do("issuer", "schema", "schema", "credential", "schema", "employee", "1.0", "--issuer", ISSUER,
                "--attr", "name", "--attr", "birth year", "--attr", "salary", "--attr", "department")
        d = self.do("issuer", "definition", "definition (two 1024-bit safe primes)", "credential", "definition", "staff", "--wallet", "agency",
                    "--issuer", ISSUER, "--schema", self.file("schema"), "--revocable")
        self.do("issuer", "registry", "registry of 1,000", "credential", "registry", "r1", "--wallet", "agency",
                "--definition", d["cred_def_id"], "--registry-size", "1000")

    def holder_gets(self, n, values):
        d = self.load("definition")["cred_def_id"]
        self.save("values-%d" % n, values)
        self.do("issuer", "offer-%d" % n, "offer", "credential", "offer", d, "--wallet", "agency")
        self.do("holder", "request-%d" % n, "request", "credential", "request", "--wallet", "me", "--link-secret", "mine",
                "--offer", self.file("offer-%d" % n), "--cred-def", self.file("definition"), "--prover-did", HOLDER)
        self.do("issuer", "credential-%d" % n, "issue", "credential", "issue", "--wallet", "agency", "--offer", self.file("offer-%d" % n),
                "--request", self.file("request-%d" % n), "--values", self.file("values-%d" % n))
        return self.do("holder", "stored-%d" % n, "check and store", "credential", "store", "--wallet", "me",
                       "--credential", self.file("credential-%d" % n), "--cred-def", self.file("definition"),
                       "--rev-reg-def", self.file("registry"))["credential_id"]

    def holder_proves(self, n, creds, lists):
        """The witnesses for these lists, the selection, the presentation."""
        states = {}
        for i, c in enumerate(creds, 1):
            index = self.load("credential-%d" % i)["rev_reg_index"]
            states[c] = self.do("holder", "witness-%d-%d" % (n, i), "witness", "credential", "witness", "--rev-reg-def", self.file("registry"),
                                "--rev-index", str(index), "--status-list", self.file(lists[i - 1]),
                                "--tails", self.load("registry")["rev_reg_def"]["value"]["tailsHash"])
        at = [states[c]["timestamp"] for c in creds]
        self.save("states-%d" % n, states)
        self.save("selection-%d" % n, {
            "requested_attributes": {"who": {"cred_id": creds[0], "timestamp": at[0], "revealed": True}},
            "requested_predicates": {"born": {"cred_id": creds[0], "timestamp": at[0]}, "paid": {"cred_id": creds[1], "timestamp": at[1]}}})
        self.do("holder", "presentation-%d" % n, "presentation of two credentials", "credential", "present", "--wallet", "me", "--link-secret", "mine",
                "--request", self.file("asked-%d" % n), "--selection", self.file("selection-%d" % n), "--schemas", self.file("schemas"),
                "--cred-defs", self.file("definitions"), "--states", self.file("states-%d" % n))

    def verifier_asks(self, n, since):
        """since: what was not revoked before may have been so then; from that second on is what counts."""
        self.save("asked-%d" % n, {
            "nonce": str(int.from_bytes(os.urandom(10), "big")), "name": "a loan", "version": "1.0",
            "requested_attributes": {"who": {"name": "name", "restrictions": {"issuer_id": ISSUER}}},
            "requested_predicates": {"born": {"name": "birth year", "p_type": "<=", "p_value": 2008},
                                     "paid": {"name": "salary", "p_type": ">=", "p_value": 2000}},
            "non_revoked": {"from": since, "to": int(time.time()) + 3600}})

    def verifier_checks(self, n, lists, presentation=None):
        self.save("lists-%d" % n, lists)
        return self.do("verifier", "verdict-%s" % (presentation or n), "verify", "credential", "verify", "--request", self.file("asked-%d" % n),
                       "--presentation", self.file("presentation-%s" % (presentation or n)), "--schemas", self.file("schemas"), "--cred-defs", self.file("definitions"),
                       "--rev-reg-defs", self.file("registries"), "--status-lists", self.file("lists-%d" % n))

    def public_objects(self):
        """What everybody knows, by its ids."""
        s, d, r = self.load("schema"), self.load("definition"), self.load("registry")
        self.save("schemas", {s["schema_id"]: s["schema"]})
        self.save("definitions", {d["cred_def_id"]: d["cred_def"]})
        self.save("registries", {r["rev_reg_id"]: r["rev_reg_def"]})

    def story(self):
        self.people()
        self.issuer_begins()
        step("the holder makes a wallet and a link secret, and gets two credentials")
        self.cli("holder", "wallet", "create", "me", "--method", "managed")
        self.cli("holder", "wallet", "link-secret", "me", "mine")
        creds = [self.holder_gets(1, {"name": "Alice Meyer", "birth year": "1990", "salary": "2400", "department": "research"}),
                 self.holder_gets(2, {"name": "Alice Meyer", "birth year": "1990", "salary": "2600", "department": "teaching"})]
        self.public_objects()
        step("the verifier asks for a name, a year of birth up to 2008 and a salary of 2,000 at least, not revoked")
        begun = self.load("registry")["status_list"]
        self.verifier_asks(1, begun["timestamp"])
        self.holder_proves(1, creds, ["registry", "registry"])
        first = self.verifier_checks(1, [begun])
        step("the issuer revokes the second credential; the holder tries with what it had, then with a new proof")
        r = self.load("registry")["rev_reg_id"]
        revoked = self.do("issuer", "revoked", "revoke", "credential", "revoke", r, "--index", str(self.load("credential-2")["rev_reg_index"]))
        lists = [begun, revoked["status_list"]]
        self.verifier_asks(2, revoked["status_list"]["timestamp"])
        self.save("presentation-again", self.load("presentation-1"))
        again = self.verifier_checks(2, lists, "again")
        self.holder_proves(2, creds, ["revoked", "registry"])
        second = self.verifier_checks(2, lists)
        self.table([("before", first), ("the same presentation, after", again), ("a new one, with the witness of before", second)])
        if [v["valid"] for v in (first, again, second)] != [True, False, False]:
            raise SystemExit("the verdicts are not what they must be")

    def table(self, verdicts):
        print("\n%s    %-44s %10s%s" % (BOLD, "", "seconds", OFF))
        for what, seconds in self.times:
            print("    %-44s %10.3f" % (what, seconds))
        print()
        for what, v in verdicts:
            print("%s    %-40s valid %-5s %s%s" % (BOLD, what, v["valid"], ", ".join(v["reasons"]), OFF))
        base.give(self.out)
        print("\nobjects: %s/" % os.path.relpath(self.out))


def main():
    if len(sys.argv) > 2:
        print(__doc__, file=sys.stderr)
        return 100
    if os.geteuid() != 0:
        print("demo_credential.py: needs root; make calls it with sudo", file=sys.stderr)
        return 100
    signal.signal(signal.SIGTERM, base.on_signal)
    signal.signal(signal.SIGHUP, base.on_signal)
    root = os.path.join(base.RUN, "demo-credential-%d" % os.getpid())
    d = CredentialDemo(root, os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else os.path.join(base.RUN, "credential"))
    try:
        d.start()
        d.story()
    except (base.Stopped, KeyboardInterrupt) as e:
        print("demo_credential.py: %s" % (e or "interrupted"), file=sys.stderr)
        return 75
    finally:
        d.node.down()
        shutil.rmtree(root, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir(base.RUN)
    print("stopped; what is left are the objects", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
