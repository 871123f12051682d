"""Credential jobs by SQL, as the front submits them: for tests of the worker alone.

    from credential import CredNode
    with CredNode("cred-wallet") as n:          # PostgreSQL and workerd with the credential lanes
        ann = n.caller("ann")                   # a principal; submits as itself
        ann.run("wallet.create", {"id": "w", "method": "raw"}, {"key": KEY})
        ann.unlock("w", KEY)                    # what later calls name w with
        ann.run("did.create_my", {"wallet": "w"}) -> Answer(state, status, body, error)
"""
import base64
import collections
import ctypes
import ctypes.util
import hashlib
import json
import os

from harness import Node, until

Answer = collections.namedtuple("Answer", "job state status body error")
KEY = "8dvfYSt5d1taSd6yJdpjq4emkwsPDDLYxkNFysFD2cZY"     # a raw key: base58 of 32 bytes
sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
sodium.sodium_init()


def seal(public, text):
    out = ctypes.create_string_buffer(len(text) + 48)
    sodium.crypto_box_seal(out, text, ctypes.c_ulonglong(len(text)), public)
    return out.raw


def unseal(public, secret, box):
    out = ctypes.create_string_buffer(len(box))
    if sodium.crypto_box_seal_open(out, box, ctypes.c_ulonglong(len(box)), public, secret) != 0:
        raise AssertionError("a private result that the front cannot open")
    return out.raw[:len(box) - 48]


def quote(v):
    return "NULL" if v is None else "'%s'" % str(v).replace("'", "''")


class Caller:
    def __init__(self, node, name):
        self.node, self.name, self.handles = node, name, {}

    def auth(self, scope="cred:use", write=True):
        return ("jsonb_build_object('mode', 'key', 'peer', %s, 'ts', ceil(extract(epoch FROM clock_timestamp())), 'nonce', gen_random_uuid(), "
                "'write', %s, 'scope', %s)" % (quote("peer_" + self.name), str(write).lower(), quote(scope)))

    def submit(self, kind, args=None, secrets=None, unlock=None):
        """-> the job's id; raises what was refused."""
        args, secrets = dict(args or {}), dict(secrets or {})
        handle = unlock or self.handles.get(args.get("wallet"))
        req = {"request_id": "r", "kind": kind, "args": args}
        if handle:
            secrets["unlock"] = handle
            req["unlock_sha256"] = hashlib.sha256(handle.encode()).hexdigest()
        if secrets:
            text = json.dumps(secrets, separators=(",", ":")).encode()
            req["sealed"] = base64.b64encode(seal(self.node.key("node.pub"), text)).decode()
        row = self.node.psql(
            "SELECT coalesce(a.err || ' ' || coalesce(a.msg, ''), a.body ->> 'job_id') AS said, coalesce(a.extra ->> 'ring', '') AS lane FROM "
            "api.cred_submit(%s, %s::jsonb || jsonb_build_object('job_id', core.uuid7())) a \\gset\n"
            "SELECT api.job_ring(nullif(:'lane', '')::smallint);\nSELECT :'said';" % (self.auth(), quote(json.dumps(req)))).splitlines()
        if len(row[-1]) != 36:
            raise AssertionError(row[-1])
        return row[-1]

    def show(self, job):
        return json.loads(self.node.psql("SELECT jsonb_build_object('body', a.body, 'extra', a.extra, 'status', a.status) FROM "
                                         "api.cred_job_show(%s, %s::jsonb) a" % (self.auth("cred:read", False), quote(json.dumps({"id": job})))))

    def answer(self, job, timeout=90):
        def final():
            said = self.show(job)
            return said if (said["extra"] or {}).get("final") else None
        said = until(final, timeout, "the end of job " + job, 0.01)
        body, extra = said["body"], said["extra"]
        result = body.get("result")
        if extra.get("private_b64"):
            result = json.loads(unseal(self.node.key("result.pub"), self.node.key("result.key"), base64.b64decode(extra["private_b64"])))
        return Answer(job, body["state"], body.get("status"), result, body.get("error"))

    def run(self, kind, args=None, secrets=None, timeout=90, unlock=None):
        return self.answer(self.submit(kind, args, secrets, unlock), timeout)

    def must(self, kind, args=None, secrets=None, timeout=90):
        a = self.run(kind, args, secrets, timeout)
        if a.state != "completed":
            raise AssertionError("%s: %r" % (kind, a))
        return a.body

    def must_id(self, kind, args=None, secrets=None, timeout=90):
        a = self.run(kind, args, secrets, timeout)
        if a.state != "completed":
            raise AssertionError("%s: %r" % (kind, a))
        return a.job

    def unlock(self, wallet, key=None, **args):
        self.handles.pop(wallet, None)
        self.handles[wallet] = self.must("wallet.unlock", {"wallet": wallet, **args}, {"key": key} if key else None)["unlock"]

    def cancel(self, job):
        return self.node.psql("SELECT a.status FROM api.cred_job_cancel(%s, %s::jsonb) a" % (self.auth(), quote(json.dumps({"id": job}))))


class CredNode(Node):
    def __init__(self, name, conf=None, parts=("pg", "workerd"), **kw):
        super().__init__(name, parts=parts, images=(), conf={
            "lanes": "maint,cred-light,cred-heavy,cred-idle", "images": ",", **(conf or {})}, **kw)

    def allow_images(self):
        self.psql("UPDATE core.setting SET value = '1000000' WHERE name ~ '^rate_'")

    def pool_ready(self):
        if self.procs["workerd"].poll() is not None:
            raise RuntimeError("workerd ended:\n" + self.log("workerd")[-3000:])
        return self.psql("SELECT count(*) FROM core.worker WHERE state = 'live'") != "0"

    def key(self, name):
        with open(self.path("keys", name)) as f:
            return base64.b64decode(f.read())

    def caller(self, name, tenant=None, roles="{consumer}"):
        self.psql("INSERT INTO core.principal (public_id, name, roles, tenant) VALUES (%s, %s, '%s', %s); "
                  "INSERT INTO core.principal_key (peer_id, principal, alg, public_key) "
                  "SELECT %s, id, 'ed25519', sha256(%s::bytea) FROM core.principal WHERE name = %s" % (
                      quote("prn_" + name), quote(name), roles, quote(tenant), quote("peer_" + name), quote(name), quote(name)))
        return Caller(self, name)
