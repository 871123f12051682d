"""Both aggregators of a task in one Python process, over dapwire: for commands that speak to aggregators.  Prio3Count only."""
import base64
import json
import struct
import time

import dapwire
from dapwire import Reader, v2, v4
from simserver import SimServer

P = dapwire.P64


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class DapSim(SimServer):
    """Base URLs are url + "/leader/" and url + "/helper/"; what was asked is in .log.

    fail = [(status, headers), ...]   the next answers, whatever is asked
    rotate()                          other keys from now on: reports under the old ones are outdated
    early = n                         the next n reports are refused as too early
    wait = n                          collections are ready at the n-th question
    """

    def __init__(self, profile):
        self.profile, self.keys = dapwire.PROFILES[profile], {}
        self.log, self.fail, self.early, self.wait, self.location = [], [], 0, 2, None
        self.seen, self.sums, self.count, self.asked = set(), [0, 0], 0, {}
        self.config_id = 0
        self.rotate()

    def use(self, task):
        """The task as `dap task` printed it, and the leader's secrets."""
        t = self.task = task
        self.id, self.verify_key = unb64u(t["task_id"]), unb64u(t["verify_key"])
        self.collector = dapwire.HpkeConfig.read(Reader(unb64u(t["collector_hpke_config"])))
        self.configuration = b"" if self.profile.name == "09" else (
            bytes([len(t["task_info"])]) + t["task_info"].encode() + v2(t["leader_url"].encode()) + v2(t["helper_url"].encode()) +
            struct.pack(">QQB", t["time_precision_s"], t["min_batch_size"], 1) + v2(b"") +
            struct.pack(">I", self.profile.vdaf.algorithm) + v2(b"") + v2(b""))
        self.wire = dapwire.Task(self.id, self.configuration)

    def rotate(self):
        self.config_id += 2
        self.keys = {r: dapwire.HpkeConfig.generate(self.config_id + i) for i, r in enumerate(("leader", "helper"))}

    # ---- one request ------------------------------------------------------------
    def handle(self, http):
        body = http.rfile.read(int(http.headers.get("Content-Length") or 0))
        path, _, query = http.path.partition("?")
        _, role, *rest = path.split("/")
        self.log.append((http.command, role, "/".join(rest)))
        if self.fail:
            status, headers = self.fail.pop(0)
            return self.answer(http, status, b"", None, headers)
        if rest == ["hpke_config"]:
            config = self.keys[role][0].bytes()
            return self.answer(http, 200, v2(config), "hpke-config-list")
        if rest[:2] != ["tasks", b64u(self.id)]:
            return self.problem(http, "unrecognizedTask")
        if rest[2] == "reports":
            return self.upload(http, body)
        if http.headers.get("Authorization") != "Bearer " + self.task["collector_token"]:
            return self.problem(http, "unauthorizedRequest", 403)
        return self.collection(http, rest[3:], body)

    def answer(self, http, status, body=b"", media=None, headers=()):
        http.send_response(status)
        for k, v in headers:
            http.send_header(k, v)
        if media:
            http.send_header("Content-Type", self.profile.media % media)
        http.send_header("Content-Length", str(len(body)))
        http.end_headers()
        http.wfile.write(body)

    def problem(self, http, word, status=400):
        body = json.dumps({"type": "urn:ietf:params:ppm:dap:error:" + word, "status": status, "detail": "as the test wants it"}).encode()
        http.send_response(status)
        http.send_header("Content-Type", "application/problem+json")
        http.send_header("Content-Length", str(len(body)))
        http.end_headers()
        http.wfile.write(body)

    # ---- uploads ----------------------------------------------------------------
    def upload(self, http, body):
        p, r, errors = self.profile, Reader(body), b""
        if http.command != p.upload_verb or http.headers.get("Content-Type") != p.media % p.report_media:
            return self.problem(http, "invalidMessage", 415)
        while r.at < len(body):
            word, number = self.one(r)
            if not word:
                continue
            if p.name == "09":
                return self.problem(http, word)
            errors += self.last + bytes([number])
        if p.name == "09":
            return self.answer(http, 201)
        return self.answer(http, 200, errors, "upload-errors" if errors else None)

    def one(self, r):
        """The next report -> (word of 09, number of 18), or (None, 0) when it is taken."""
        p, start = self.profile, r.at
        self.last, when = r.take(16), r.u(8)
        if p.name == "18":
            r.v(2)
        metadata, public = r.data[start:r.at], r.v(4)
        boxes = [dapwire.Ciphertext.read(r) for _ in range(2)]
        if any(b.config_id != k[0].id for b, k in zip(boxes, self.keys.values())):
            return "outdatedConfig", 11
        if self.early:
            self.early -= 1
            return "reportTooEarly", 9
        if self.last in self.seen:
            return None, 0
        self.seen.add(self.last)
        unit = 1 if p.name == "09" else self.task["time_precision_s"]
        assert when * unit % self.task["time_precision_s"] == 0 and when * unit <= time.time(), "time of a report"
        aad = self.wire.id + self.wire.configuration + metadata + v4(public)
        preps = []
        for i, (box, (_, key)) in enumerate(zip(boxes, self.keys.values())):
            plain = Reader(dapwire.hpke_open(key, p.label + b" input share" + bytes([dapwire.CLIENT, 2 + i]), aad, box))
            assert plain.v(2) == b"", "no extension"
            preps.append(p.vdaf.prep_init(self.verify_key, i, self.last, plain.v(4), p.ctx(self.id)))
            plain.end()
        assert p.vdaf.decide([x.share for x in preps]), "a proof does not hold"
        self.sums = [(s + x.out) % P for s, x in zip(self.sums, preps)]
        self.count += 1
        return None, 0

    # ---- collections --------------------------------------------------------------
    def collection(self, http, rest, body):
        p = self.profile
        if body:
            if http.command != ("PUT" if p.name == "09" else "POST") or http.headers.get("Content-Type") != p.media % p.collect_media:
                return self.problem(http, "invalidMessage")
            cid = rest[0] if p.name == "09" else "derived"
            self.asked[cid] = [self.wait, body]
            where = self.location or "/leader/tasks/%s/collection_jobs/%s" % (b64u(self.id), cid)
            return self.answer(http, 201, headers=() if p.name == "09" else [("Location", where), ("Retry-After", "0")])
        job = self.asked[rest[0]]
        job[0] -= 1
        if job[0] > 0:
            return self.answer(http, 202 if p.name == "09" else 200, headers=[("Retry-After", "1")])
        return self.answer(http, 200, self.result(job[1]), p.collection_media)

    def result(self, request):
        p = self.profile
        query = request[:17] if p.name == "09" else request[:19]
        aad = p.share_aad(self.wire, query, query)
        boxes = b"".join(self.collector.seal(p.label + b" aggregate share" + bytes([role, dapwire.COLLECTOR]), aad,
                                             share.to_bytes(8, "little")).bytes() for role, share in zip((2, 3), self.sums))
        return (b"\1" if p.name == "09" else b"") + struct.pack(">Q", self.count) + query[-16:] + boxes       # the interval that was asked for

