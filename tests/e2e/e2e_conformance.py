#!/usr/bin/python3
"""Walk tests/conformance/table.json over HTTP.

--no-worker leaves out the cases that need a container.
"""
import contextlib
import glob
import hashlib
import http.client
import json
import os
import re
import secrets
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import TOP, Client, Key, Node, Tap, b58, need_root  # noqa: E402
from keys import Wallet  # noqa: E402
from schema import Contract  # noqa: E402

TABLE = os.path.join(TOP, "tests", "conformance", "table.json")
# Words that no case can bring about from outside, and why.
WORDS_ELSEWHERE = {"INTERNAL_ERROR", "TIMEOUT"}             # of faults; tests/e2e/e2e_front_*.py
WORDS_ELSEWHERE |= {"NOT_SET_UP"}                           # of a node without keys; tests/e2e/e2e_credential_http.py
# How credential jobs end: tests/e2e/e2e_credential_*.py.
WORDS_ELSEWHERE |= {"INVALID_STRUCTURE", "LIMIT", "WALLET_ACCESS_FAILED", "WALLET_INPUT", "ITEM_NOT_FOUND", "ITEM_EXISTS", "QUERY_ERROR",
                    "IMPORT_TRUNCATED", "DID_EXISTS", "UNKNOWN_CRYPTO", "CRYPTO_REFUSED", "LINK_SECRET_EXISTS", "CRED_DEF_EXISTS",
                    "NOT_REVOCABLE", "REGISTRY_FULL", "REVOCATION_ID_INVALID", "CREDENTIAL_REVOKED", "PROOF_REJECTED",
                    "PREDICATE_FALSE", "RESTRICTION_UNMET", "TAILS_MISMATCH"}
TAILS = ("277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9", b58(bytes.fromhex(
    "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9")))       # of "bytes"
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
LEAKS = re.compile(r"SELECT |INSERT |UPDATE |core\.|api\.|pg_|/home/|/root/|/tmp/|\.sql|\.c:\d|libpq|json-c|errno", re.I)
KINDS = {"@int": lambda v: isinstance(v, int) and not isinstance(v, bool), "@bool": lambda v: isinstance(v, bool),
         "@text": lambda v: isinstance(v, str) and v != "", "@list": lambda v: isinstance(v, list),
         "@object": lambda v: isinstance(v, dict), "@time": lambda v: isinstance(v, str) and re.search(TIME, v) is not None}


def differences(want, got, at="body"):
    """What of want is not in got, as texts."""
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return ["%s: %r is no object" % (at, got)]
        out = []
        for k, w in want.items():
            if w == "@absent":
                out += ["%s.%s is there" % (at, k)] if k in got else []
            elif k not in got:
                out.append("%s.%s is missing" % (at, k))
            else:
                out += differences(w, got[k], at + "." + k)
        if want == {} and got != {}:
            out.append("%s: %r is not empty" % (at, got))
        return out
    if isinstance(want, list):
        if not isinstance(got, list) or len(got) < len(want):
            return ["%s: %r has not %d elements" % (at, got, len(want))]
        return [d for i, w in enumerate(want) for d in differences(w, got[i], "%s[%d]" % (at, i))]
    if isinstance(want, str) and want.startswith("@"):
        good = KINDS[want](got) if want in KINDS else isinstance(got, str) and re.search(want[1:], got) is not None
        return [] if good else ["%s: %r is not %s" % (at, got, want)]
    return [] if want == got and type(want) is type(got) else ["%s: %r instead of %r" % (at, got, want)]


def as_list(v):
    return v if isinstance(v, list) else [v]


class NotSaved(Exception):
    pass


class Answer:
    def __init__(self, status, headers, raw, seconds):
        self.status, self.headers, self.raw, self.seconds = status, headers, raw, seconds
        self.text = raw.decode(errors="replace")
        self.json = None
        with contextlib.suppress(ValueError):
            self.json = json.loads(self.text)

    def path(self, path):
        if path.startswith("header:"):
            return self.headers[path[7:]]
        v = self.json
        for part in path.split("."):
            v = v[int(part)] if isinstance(v, list) else v[part]
        return v


class Given:
    """States of the node that a case asks for; one at a time."""

    def __init__(self, node, callers):
        self.node, self.callers, self.now = node, callers, None

    def be(self, name):
        if name == self.now:
            return
        if self.now:
            getattr(self, self.now)(False)
        self.now = name
        if name:
            getattr(self, name)(True)

    def setting(self, on, **values):
        for name, value in values.items():
            if on:
                self.node.psql("CREATE TABLE IF NOT EXISTS public.kept AS SELECT name, value FROM core.setting; "
                               "UPDATE core.setting SET value = '%s' WHERE name = '%s'" % (value, name))
            else:
                self.node.psql("UPDATE core.setting s SET value = k.value FROM public.kept k WHERE k.name = s.name")

    def one_open_job(self, on):
        self.callers["operator"].must("PATCH", "/api/v1/lanes/compute", {"paused": on})
        if on:      # the fronts look at the queue once a second: an earlier state may linger
            self.node.wait(self.submitted, 10, "a submit that is let in")
        else:
            self.node.wait(self.removed, 10, "the open job removed")     # the waiting above may have used up the rate

    def submitted(self):
        status, _, body = self.callers["consumer"].call("POST", "/api/v1/privacy/execute", {
            "lease_id": "lease_123", "code": "print(1)", "inputs": [{"asset_id": "data_456", "variable_name": "v"}]})
        self.job = body.get("computation_id")
        return status == 202

    def removed(self):
        return self.callers["consumer"].call("DELETE", "/api/v1/privacy/results/" + self.job)[0] in (200, 204)

    def queue_full(self, on):
        if on:
            self.one_open_job(True)
        self.setting(on, queue_max=1)
        if not on:
            self.one_open_job(False)

    def quota_used_up(self, on):
        if on:
            self.one_open_job(True)
        self.setting(on, open_jobs_max=1)
        if not on:
            self.one_open_job(False)

    def rate_used_up(self, on):
        self.setting(on, rate_read=1, rate_read_burst=1)

    def database_away(self, on):
        if on:
            self.node.stop_part("pg", 2)
        else:
            self.node.start("pg")
            self.node.wait(lambda: self.callers["anonymous"].call("GET", "/readyz")[2]["checks"][0]["status"] == "ready",
                           30, "the front has its database again")

    def front_away(self, on):
        if on:
            self.node.stop_part("fcgi")
        else:
            self.node.start("fcgi")


class Walk:
    def __init__(self, node):
        self.n, self.saved, self.ids = node, {}, []
        self.callers = {"anonymous": Client(node, "anonymous"), "unregistered": Client(node, "unregistered", Key()),
                        "operator": node.client("operator")}
        for name, role in (("owner", "owner"), ("consumer", "consumer"), ("stranger", "consumer"), ("disabled", "consumer")):
            self.callers[name] = node.principal(name, [role])
        self.callers["operator"].must("PATCH", "/api/v1/principals/" + self.callers["disabled"].principal_id, {"enabled": False})
        if "workerd" not in node.parts:     # jobs queue, so some image must be allowed
            self.callers["operator"].must("POST", "/api/v1/images", {
                "name": "data", "digest": "sha256:" + "00" * 32, "loaders": ["csv"]})
        self.wallets(self.callers["consumer"])
        node.psql("UPDATE core.setting SET value = '1000' WHERE name IN ('rate_submit', 'rate_submit_burst')")
        self.given = Given(node, self.callers)
        self.creating = creating()
        self.contract = Contract(self.callers["anonymous"].must("GET", "/api/v1/openapi.json"))

    def wallets(self, caller):
        """Two wallets whose keys nothing opens: their jobs are made, and what becomes of them is not asked here.  And an
        object of each kind that is read."""
        for name, method, managed in (("agency", "managed", "'\\x00'"), ("locked", "raw", "NULL")):
            self.n.psql("INSERT INTO core.wallet (tenant, name, owner, method, sealed_keys, managed_key) "
                        "SELECT core.tenant_of(id), '%s', id, '%s', '\\x00', %s FROM core.principal WHERE public_id = '%s'"
                        % (name, method, managed, caller.principal_id))
        of = "core.tenant_of(p.id) AS tenant FROM core.principal p WHERE p.public_id = '%s'" % caller.principal_id
        self.n.psql("INSERT INTO core.cred_schema (id, issuer, name, version, object, tenant) "
                    "SELECT 'did:example:issuer/schemas/1', 'i', 'degree', '1.0', '{}', " + of)
        self.n.psql("INSERT INTO core.cred_def (id, issuer, schema_id, tag, bits, revocable, object, key_proof, owner, tenant) "
                    "SELECT 'did:example:issuer/definitions/1', 'i', 's', 't', 2048, true, '{}', '{}', p.id, " + of)
        self.n.psql("INSERT INTO core.rev_reg (id, definition, n, tag, max_cred_num, issuance, state, accumulator, bitmap, object, tails, sealed_gamma, tenant) "
                    "SELECT 'did:example:issuer/registries/1', d.serial, 1, 'r', 5, 'by_default', 'active', 'a', '\\x00', '{}', '\\x00', '\\x00', d.tenant "
                    "FROM core.cred_def d")
        self.n.psql("INSERT INTO core.rev_list (registry, version, tenant, timestamp, list, accumulator) "
                    "SELECT serial, 1, tenant, 1767225600, '\\x00', 'a' FROM core.rev_reg")
        for use, hash58, of_wallet in (("tails", "'%s'" % TAILS[1], "NULL"), ("export", "NULL", "'agency'")):
            self.n.psql("INSERT INTO core.blob (sha256, size, store, data) VALUES ('\\x%s', 5, 'pg', 'bytes') ON CONFLICT DO NOTHING" % TAILS[0])
            self.n.psql("INSERT INTO core.cred_blob (sha256, use, hash, wallet, size, expires_at, tenant) SELECT '\\x%s', '%s', %s, %s, 5, 'infinity', "
                        % (TAILS[0], use, hash58, of_wallet) + of)

    def fill(self, v):
        if isinstance(v, str):
            v = re.sub(r"\$\{id:(\w+)\}", lambda m: self.callers[m.group(1)].principal_id, v)
            whole = re.fullmatch(r"\$\{(\w+)\}", v)
            return self.kept(whole) if whole else re.sub(r"\$\{(\w+)\}", lambda m: str(self.kept(m)), v)
        if isinstance(v, dict):
            return {k: self.fill(x) for k, x in v.items()}
        return [self.fill(x) for x in v] if isinstance(v, list) else v

    def kept(self, m):
        if m.group(1) not in self.saved:
            raise NotSaved(m.group(1))
        return self.saved[m.group(1)]

    def caller(self, who):
        return Client(self.n, "token", token=who[6:]) if who.startswith("token ") else self.callers[who]

    def sign(self, case):
        """What the case's wallet makes of the saved message."""
        if "wallet" in case:
            self.saved["signature"] = Wallet(case["wallet"]).sign_message(self.saved["message"])

    def send(self, case):
        method, target = case["send"].split(" ", 1)
        body = case.get("body")
        if "body_of" in case:
            body = b"x" * case["body_of"]
        elif body is not None:
            body = body.encode() if isinstance(body, str) else json.dumps(body, separators=(",", ":")).encode()
        sign = dict(case.get("sign", {}))
        if "ts" in sign:
            sign["ts"] = int(time.time()) + sign["ts"]
        digest = hashlib.sha256(body or b"").hexdigest()
        h = self.caller(case["as"]).headers(method, target, digest, case.get("idem"), case.get("spender"), **sign)
        h = {"Host": self.n.host, **h, **case.get("headers", {})}
        c = http.client.HTTPConnection("127.0.0.1", self.n.port, timeout=90)
        begin = time.monotonic()
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):    # an answer may come before the body went
                c.request(method, target, body=iter([body]) if case.get("chunked") else body,
                          headers={k: v for k, v in h.items() if v is not None}, encode_chunked=bool(case.get("chunked")))
            r = c.getresponse()
            return Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read(), time.monotonic() - begin)
        finally:
            c.close()

    def wrong(self, case, a):
        """What is wrong with the answer, as texts."""
        e, out = case["expect"], []
        if a.status not in as_list(e["status"]):
            out.append("status %d instead of %s" % (a.status, e["status"]))
        for name, pattern in e.get("headers", {}).items():
            if not re.search(pattern, a.headers.get(name, "")):
                out.append("header %s: %r" % (name, a.headers.get(name)))
        if "error" in e:
            error = (a.json or {}).get("error", {})
            if error.get("code") not in as_list(e["error"]):
                out.append("code %r instead of %s" % (error.get("code"), e["error"]))
            if e.get("message") and not re.search(e["message"], error.get("message", "")):
                out.append("message %r" % error.get("message"))
        if "body" in e:
            out += differences(e["body"], a.json)
        if "text" in e and not re.search(e["text"], a.text):
            out.append("text %.200r" % a.text)
        if "not_text" in e and e["not_text"] in a.text:
            out.append("%r is in the text" % e["not_text"])
        if "takes" in case and not case["takes"][0] <= a.seconds <= case["takes"][1]:
            out.append("took %.2f s" % a.seconds)
        return out + self.undescribed(case, a) + self.always_wrong(case, a)

    def undescribed(self, case, a):
        """What /api/v1/openapi.json does not promise of the answer; a target that misses its route is no answer of it."""
        method, target = case["send"].split(" ", 1)
        if method == "HEAD" or self.missed(case["route"], method, target) or "problem+json" in a.headers.get("content-type", ""):
            return []
        return self.contract.faults(case["route"], a.status, a.json)

    def always_wrong(self, case, a):
        out, rid = [], a.headers.get("x-request-id")
        if not rid:
            out.append("no X-Request-Id")
        if case["send"].split(" ", 1)[1].startswith("/api/v1/") and a.headers.get("x-api-version") != "v1":
            out.append("no X-API-Version")
        if a.status >= 400 and not case["send"].startswith(("HEAD ", "GET /readyz")):
            error = (a.json or {}).get("error", {}) if isinstance(a.json, dict) else {}
            if set(error) - {"indy_code"} != {"code", "message", "requestId"} or error["requestId"] != rid:
                out.append("the error is not of our form: %.200r" % a.text)
            if LEAKS.search(error.get("message", "")):
                out.append("the message tells too much: %r" % error["message"])
            self.ids.append(rid)
        return out

    def settled(self, case, a):
        j = a.json if isinstance(a.json, dict) else {}
        if "until" in case:
            return j.get("status") != "pending"
        if "until_phase" in case:
            return j.get("phase") == case["until_phase"] or j.get("status") != "pending"
        return a.status in as_list(case["expect"]["status"]) or not case.get("given")

    def walk(self, case):
        self.given.be(case.get("given"))
        try:
            self.sign(case)
            case = {**case, **{k: self.fill(case[k]) for k in ("as", "send", "body", "headers", "expect") if k in case}}
        except NotSaved as e:
            return ["no earlier case saved %s" % e]
        if not self.route_fits(case):
            return ["the target is not of the route"]
        end = time.monotonic() + 60
        creates = case["route"] in self.creating and as_list(case["expect"]["status"])[0] < 300
        if creates and "idem" not in case:
            case["idem"] = "walk-" + secrets.token_hex(8)
        a = self.send(case)
        while not self.settled(case, a) and time.monotonic() < end:
            a = self.send(case)
        out = self.wrong(case, a) + (self.repeated(case, a) if creates else [])
        if not out:
            for name, path in case.get("save", {}).items():
                self.saved[name] = a.path(path)
        elif a.status >= 400:
            out.append("answer: %.300s" % a.text)
        return out

    def repeated(self, case, a):
        """What creates is safe to repeat: the first answer comes again, without a secret that is shown once."""
        if "body_of" in case or "nonce" in case.get("sign", {}):
            return []
        b = self.send(case)
        first = {k: v for k, v in a.json.items() if k != "token"}
        if (b.status, b.json, b.headers.get("idempotency-replayed")) != (a.status, first, "true"):
            return ["repeated with its Idempotency-Key: %d %.200s %r" % (b.status, b.text, b.headers.get("idempotency-replayed"))]
        return []

    @staticmethod
    def route_fits(case):
        """Cases of refused targets may miss their route; those that succeed may not."""
        return as_list(case["expect"]["status"])[0] >= 300 or not Walk.missed(case["route"], *case["send"].split(" ", 1))

    @staticmethod
    def missed(route, sent, target):
        method, path = route.split(" ")
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
        return sent not in (method, "HEAD") or re.fullmatch(pattern, target.split("?")[0]) is None

    def ids_are_logged(self):
        self.n.stop_part("nginx")       # writes what it still holds
        logs = self.n.log("fcgi")
        with open(self.n.path("nginx", "access.log")) as f:
            logs += f.read()
        return [i for i in self.ids if i not in logs]


def routes():
    with open(os.path.join(TOP, "fcgi", "route_table.c")) as f:
        rows = re.findall(r'\{ "([A-Z]+)", "(/[^"]*)"', f.read())
    return {"%s %s" % row for row in rows if not row[1].startswith(("/_", "/dap/"))}    # the latter: e2e_dap_http.py


def creating():
    """The routes whose answer an Idempotency-Key brings again."""
    with open(os.path.join(TOP, "fcgi", "route_table.c")) as f:
        rows = re.findall(r'\{ "([A-Z]+)", "(/[^"]*)",\s+&[\w\[\].]+, "[^"]*", ([A-Z_ |]+)', f.read())
    return {"%s %s" % (method, path) for method, path, flags in rows if "RT_IDEM" in flags}


def words():
    with open(os.path.join(TOP, "lib", "base", "err.c")) as f:
        return set(re.findall(r'"([A-Z][A-Z_]+[A-Z])"', f.read())) - {"NOT_FOUND"}


def rows_without_case(cases):
    """Rows of the specification that no case stands for."""
    texts, out = [(c["route"], json.dumps(c, separators=(",", ":"), ensure_ascii=False)) for c in cases], []
    with open(os.path.join(TOP, "tests", "conformance", "rows.tsv")) as f:
        for line in f:
            if line.startswith("#"):
                continue
            section, route, pattern, what = line.rstrip("\n").split("\t")
            if not any(route in ("-", r) and re.search(pattern, text, re.I) for r, text in texts):
                out.append("%s: %s" % (section, what))
    return out


def coverage(t, cases):
    t.is_(rows_without_case(cases), [], "every row of 1.1, 1.5 and 2.4 has a case")
    table = routes()
    good = {c["route"] for c in cases if as_list(c["expect"]["status"])[0] < 300}
    never = {"POST /train", "GET /aggregate/{jobId}"}
    t.is_(sorted(table - good - never), [], "every route of the table has a case that succeeds")
    t.is_(sorted({c["route"] for c in cases} - table), [], "every case is about a route of the table")
    docs = ""
    for page in glob.glob(os.path.join(TOP, "docs", "api", "*.md")):
        with open(page) as f:
            docs += f.read()
    t.is_(sorted(r for r in table if "`%s`" % r not in docs), [], "every route of the table is on a page of docs/api")
    seen = {w for c in cases for w in as_list(c["expect"].get("error", []))}
    t.is_(sorted(words() - seen - WORDS_ELSEWHERE), [], "every public word of an error has a case")


def main():
    worker = "--no-worker" not in sys.argv
    t = Tap()
    with open(TABLE) as f:
        cases = json.load(f)["cases"]
    coverage(t, [c for c in cases if "what" in c])
    if worker:
        need_root()
    with Node("conformance", parts=("pg", "fcgi", "nginx") + (("workerd",) if worker else ())) as n:
        w = Walk(n)
        section = ""
        for case in cases:
            if "section" in case:
                section = case["section"]
                t.diag(section)
            elif worker or case.get("needs") != "worker":
                name = "%s: %s: %s" % (section, case["send"].split("?")[0], case["what"])
                with t.case(name):
                    out = w.walk(case)
                    if not t.ok(not out, name):
                        t.diag("\n".join(out))
        t.is_(w.ids_are_logged(), [], "check 29: the request id of every error finds a log line")
    t.done()


if __name__ == "__main__":
    main()
