#!/usr/bin/python3
"""Issuer, holder and verifier over HTTP: from a schema to a presentation that is refused because the credential was revoked."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap  # noqa: E402
from agency import C, W, Agency, Refused, quote  # noqa: E402

ISSUER = "NcYxiDXkpYi6ov5FcYDi1e"
VALUES = {"name": "Alex", "age": "28", "sex": "female", "height": "175"}


def refused(t, code, what, fn, *args, **more):
    try:
        got = fn(*args, **more)
        t.is_(got, code, what)
    except Refused as e:
        if not t.is_(e.code, code, what):
            t.diag(str(e))


class Story:
    """What the cases share: one issuer with a revocable and a plain definition, one holder with a credential of each."""

    def __init__(self, a):
        self.a = a
        for w in ("issuer", "holder"):
            a.wallet(w)
        self.schema = a.schema(ISSUER, "gvt", list(VALUES))
        self.plain = a.definition("issuer", ISSUER, self.schema["schema"], "plain")
        self.revocable = a.definition("issuer", ISSUER, self.schema["schema"], "rev", revocable=True)
        self.reg = a.registry("issuer", self.revocable["cred_def_id"], "r1", 20)
        a.link_secret("holder")

    def objects(self):
        sid = self.schema["schema_id"]
        return {sid: self.schema["schema"]}, {d["cred_def_id"]: d["cred_def"] for d in (self.plain, self.revocable)}

    def credentials(self):
        self.cred_plain, _ = self.a.obtain("issuer", "holder", self.plain, VALUES)
        self.cred_rev, self.issued = self.a.obtain("issuer", "holder", self.revocable, {**VALUES, "name": "Alexandra"}, self.reg["rev_reg_def"])

    def request(self, nonce, to):
        return {"nonce": str(nonce), "name": "pr", "version": "0.1", "requested_attributes": {
            "name": {"name": "name", "restrictions": {"cred_def_id": self.revocable["cred_def_id"]}},
            "sex": {"name": "sex"}, "self": {"name": "phone"}},
            "requested_predicates": {"age": {"name": "age", "p_type": ">=", "p_value": 18}, "height": {"name": "height", "p_type": "<", "p_value": 200}},
            "non_revoked": {"from": 0, "to": to}}

    def present(self, request, status_list):
        state = self.a.witness(self.reg["rev_reg_def"], self.issued["rev_reg_index"], status_list)
        at = state["timestamp"]
        selection = {"requested_attributes": {"name": {"cred_id": self.cred_rev, "timestamp": at, "revealed": True},
                                              "sex": {"cred_id": self.cred_plain, "revealed": False}},
                     "requested_predicates": {"age": {"cred_id": self.cred_rev, "timestamp": at}, "height": {"cred_id": self.cred_plain}}}
        return self.a.present("holder", request, selection, *self.objects(), {self.cred_rev: state}, self_attested={"self": "555"})

    def verify(self, request, presentation, status_list):
        return self.a.verify(request, presentation, *self.objects(), {self.reg["rev_reg_id"]: self.reg["rev_reg_def"]}, [status_list])


def keys(t, s):
    t.is_(s.schema["schema"]["attrNames"], list(VALUES), "a schema")
    t.is_(sorted(s.plain["cred_def"]["value"]), ["primary"], "a definition without revocation has no such keys")
    t.is_(len(bin(int(s.plain["cred_def"]["value"]["primary"]["n"]))) - 2, 2048, "a modulus of 2048 bits")
    again = s.a.definition("issuer", ISSUER, s.schema["schema"], "plain")
    t.is_(again, s.plain, "the same definition again is the one there is")
    refused(t, "CRED_DEF_EXISTS", "with other parameters it is refused", s.a.definition, "issuer", ISSUER, s.schema["schema"], "plain", revocable=True)
    refused(t, "NOT_REVOCABLE", "a registry needs revocation", s.a.registry, "issuer", s.plain["cred_def_id"], "x", 5)
    t.is_(s.reg["status_list"]["revocationList"], [0] * 20, "a registry begins with a list of nothing revoked")
    status, h, tails = s.a.client.call("GET", s.reg["rev_reg_def"]["value"]["tailsLocation"], raw=True)
    t.is_((status, len(tails)), (200, 2 + 128 * 41), "its tails are served where the definition says")


def issuing(t, s):
    a, d = s.a, s.revocable
    s.credentials()
    t.is_(s.issued["rev_reg_index"], 1, "the first index is 1")
    offer = a.offer("issuer", d["cred_def_id"])
    request = a.request("holder", offer, d["cred_def"])
    bad = dict(request, blinded_ms_correctness_proof=dict(request["blinded_ms_correctness_proof"], v_dash_cap="1"))
    refused(t, "PROOF_REJECTED", "a request whose proof is wrong", a.issue, "issuer", offer, bad, VALUES)
    refused(t, "INVALID_STRUCTURE", "values that lack one", a.issue, "issuer", offer, request, {"name": "x"})
    issued = a.issue("issuer", offer, request, VALUES)
    t.ok(issued["rev_reg_index"] in (2, 3), "another index")
    other = dict(a.offer("issuer", s.plain["cred_def_id"]), nonce=a.offer("issuer", d["cred_def_id"])["nonce"])
    refused(t, "PROOF_REJECTED", "an offer is for its definition", a.issue, "issuer", other, a.request("holder", other, s.plain["cred_def"]), VALUES)
    refused(t, "PROOF_REJECTED", "an offer works once", a.issue, "issuer", offer, request, VALUES)
    wrong = dict(issued["credential"], values=dict(issued["credential"]["values"], age={"raw": "29", "encoded": "29"}))
    refused(t, "PROOF_REJECTED", "a credential that was changed is not stored", a.store, "holder", wrong, d["cred_def"], s.reg["rev_reg_def"])
    t.like(a.store("holder", issued["credential"], d["cred_def"], s.reg["rev_reg_def"]), "^[0-9a-f-]{36}$", "as issued it is")
    refused(t, "PROOF_REJECTED", "but once only", a.store, "holder", issued["credential"], d["cred_def"], s.reg["rev_reg_def"])
    refused(t, "INVALID_STRUCTURE", "nor as a plain record", a.call, "PUT", W + "/holder/records/Indy::MasterSecret/default", {"value": "{}"}, "holder")
    refused(t, "LINK_SECRET_EXISTS", "a link secret is not replaced", a.link_secret, "holder")


def presenting(t, s):
    a, now = s.a, int(time.time()) + 60
    listed = s.reg["status_list"]
    request = s.request(100, now)
    p = s.present(request, listed)
    t.is_(s.verify(request, p, listed), {"valid": True, "reasons": [], "where": []}, "two credentials, two predicates, not revoked: it holds")
    t.is_(p["requested_proof"]["revealed_attrs"]["name"]["raw"], "Alexandra", "it shows what was asked for")
    other = s.request(101, now)
    verdict = s.verify(other, p, listed)
    t.is_((verdict["valid"], len(verdict["reasons"])), (False, 1), "for another nonce it does not, with a reason")
    both = a.post(C + "/presentations/verify", {"presentations": [{"request": r, "presentation": p} for r in (request, other)], "schemas": s.objects()[0],
                                               "cred_defs": s.objects()[1], "rev_reg_defs": {s.reg["rev_reg_id"]: s.reg["rev_reg_def"]}, "status_lists": [listed]})
    t.is_([r["valid"] for r in both["results"]], [True, False], "a batch has a verdict for each")
    high = dict(request, requested_predicates=dict(request["requested_predicates"], age={"name": "age", "p_type": ">=", "p_value": 90}))
    refused(t, "PREDICATE_FALSE", "what is not true cannot be proven", s.present, high, listed)


def revoking(t, s):
    a = s.a
    changed = a.revoke(s.reg["rev_reg_id"], [s.issued["rev_reg_index"]])
    listed = changed["status_list"]
    t.is_(sum(listed["revocationList"]), 1, "one is revoked")
    t.is_(changed["delta"]["value"]["revoked"], [1], "the delta says which")
    got = a.client.must("GET", "%s/registries/%s/status-lists" % (C, quote(s.reg["rev_reg_id"])))
    t.is_(got, listed, "the newest list is read back")
    request = s.request(200, int(time.time()) + 60)
    refused(t, "CREDENTIAL_REVOKED", "no witness for what is revoked", s.present, request, listed)
    old = s.present(request, s.reg["status_list"])
    verdict = s.verify(request, old, listed)
    t.is_((verdict["valid"], verdict["reasons"] != []), (False, True), "a proof for the older list does not hold for the new one")
    refused(t, "CREDENTIAL_REVOKED", "twice is refused", a.revoke, s.reg["rev_reg_id"], [1])
    state = a.witness(s.reg["rev_reg_def"], 2, s.reg["status_list"])
    refused(t, "INVALID_STRUCTURE", "a witness that is not of the older list", a.witness, s.reg["rev_reg_def"], 2, listed, old_state=state, old_status_list=listed)
    later = a.witness(s.reg["rev_reg_def"], 2, listed, old_state=state, old_status_list=s.reg["status_list"])
    t.is_(later, a.witness(s.reg["rev_reg_def"], 2, listed), "a witness along a delta is the one from nothing")
    again = a.revoke(s.reg["rev_reg_id"], [5])["status_list"]
    refused(t, "CREDENTIAL_REVOKED", "an index that both lists revoke has none", a.witness, s.reg["rev_reg_def"], 1, again,
            old_state=later, old_status_list=listed)
    refused(t, "REVOCATION_ID_INVALID", "an index that none is", a.revoke, s.reg["rev_reg_id"], [20])
    refused(t, "INVALID_STRUCTURE", "a list of tomorrow", a.revoke, s.reg["rev_reg_id"], [2], timestamp=int(time.time()) + 86400)
    back = a.revoke(s.reg["rev_reg_id"], [1], "unrevoke")["status_list"]
    request = s.request(201, int(time.time()) + 60)
    t.is_(s.verify(request, s.present(request, back), back)["valid"], True, "taken back, it can be proven again")


def rotating(t, s):
    a, d = s.a, s.plain
    path = "%s/definitions/%s/rotate" % (C, quote(d["cred_def_id"]))
    new = a.post(path, {"wallet": "issuer"})
    t.ok(new["cred_def"]["value"]["primary"]["n"] != d["cred_def"]["value"]["primary"]["n"], "a second key pair")
    cred, _ = a.obtain("issuer", "holder", d, VALUES)
    t.ok(cred, "the first one still issues")
    a.post(path + "/apply", {"wallet": "issuer"})
    cred, _ = a.obtain("issuer", "holder", new, VALUES)
    t.ok(cred, "after it was applied, the second one does")
    refused(t, "PROOF_REJECTED", "a holder with the old definition asks in vain", a.obtain, "issuer", "holder", d, VALUES)


def rotating_revocable(t, s):
    """A registry goes on under the definition's next keys: its tails and accumulator are those of the same revocation keys."""
    a = s.a
    d = a.definition("issuer", ISSUER, s.schema["schema"], "turn", revocable=True)
    reg = a.registry("issuer", d["cred_def_id"], "t1", 20)
    path = "%s/definitions/%s/rotate" % (C, quote(d["cred_def_id"]))
    new = a.post(path, {"wallet": "issuer"})
    t.is_(new["cred_def"]["value"]["revocation"], d["cred_def"]["value"]["revocation"], "a rotation keeps the revocation keys")
    a.post(path + "/apply", {"wallet": "issuer"})
    s.revocable, s.reg = new, reg
    s.cred_rev, s.issued = a.obtain("issuer", "holder", new, {**VALUES, "name": "Alexandra"}, reg["rev_reg_def"])
    request = s.request(300, int(time.time()) + 60)
    t.is_(s.verify(request, s.present(request, reg["status_list"]), reg["status_list"])["valid"], True, "what is issued after it can be proven")


def main():
    t = Tap()
    conf = {"lanes": "maint,cred-light,cred-heavy,cred-idle",     # no weight: what else runs on this machine is no part of the test
            "cred_heavy": "size=2 reserved=1 cpu_weight=0 memory_mb=768 wall_s=900"}
    with Node("credential", images=(), conf=conf, keep=bool(os.environ.get("KEEP"))) as n:
        s = Story(Agency(n.principal("agency", ["consumer"])))
        for what, fn in (("keys", keys), ("issuing", issuing), ("presenting", presenting), ("revoking", revoking), ("rotating", rotating), ("rotating revocable", rotating_revocable)):
            with t.case(what):
                fn(t, s)
    t.done()


main()
