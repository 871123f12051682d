#!/usr/bin/python3
"""DAP over HTTP with bytes made by hand: every status and problem of the routes, both profiles, large reports on their way to the disk.

No runner works here: where a job must end, this test is the worker, by the functions that the worker calls.
"""
import base64
import concurrent.futures
import json
import os
import secrets
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from dap import URN, b64u, request  # noqa: E402
from harness import Node, Tap  # noqa: E402

TASKS = "/api/v1/aggregate/tasks"
CANARY = "canary-token-77aa41"
NOW = int(time.time()) // 300 * 300
MEDIA = {"09": "application/dap-%s", "18": "application/ppm-dap;message=%s"}
KEY = bytes([7]) + struct.pack(">HHH", 0x20, 1, 1) + struct.pack(">H", 32) + bytes(range(32))      # an HpkeConfig
INLINE = 4096
OTHER = b64u(b"\1" * 32)       # a task that is not here
# Reports of 44 kB: what is longer is refused.
VDAF = {profile: {"type": "Prio3SumVec", "length": 2500, "chunk_length": 50, **one} for profile, one in (("09", {"bits": 1}), ("18", {"max": 1}))}


def v(width, data):
    return len(data).to_bytes(width, "big") + data


def ciphertext(config, payload=b"p" * 20):
    return bytes([config]) + v(2, b"e" * 32) + v(4, payload)


def report(profile, rid=None, when=None, config=7, size=20):
    when = NOW if when is None else when
    meta = (rid or os.urandom(16)) + struct.pack(">Q", when if profile == "09" else when // 300) + (v(2, b"") if profile == "18" else b"")
    return meta + v(4, b"") + ciphertext(config, os.urandom(size)) + ciphertext(9)


def prepare_init(profile, rid=None):
    meta = (rid or os.urandom(16)) + struct.pack(">Q", NOW if profile == "09" else NOW // 300) + (v(2, b"") if profile == "18" else b"")
    return meta + v(4, b"") + ciphertext(7) + v(4, b"\0" + v(4, b"share"))


def init_request(profile, inits, batch=None):
    if profile == "09":
        return v(4, b"") + (b"\1" if batch is None else b"\2" + batch) + v(4, b"".join(inits))
    return b"\0" + v(4, b"") + v(2, b"" if batch is None else b"\0\1" + v(2, batch)) + b"".join(inits)


def interval(profile, start, duration):
    unit = 1 if profile == "09" else 300
    body = struct.pack(">QQ", start // unit, duration // unit)
    return b"\1" + (body if profile == "09" else v(2, body))


def collect_request(profile, start, duration):
    return interval(profile, start, duration) + v(4, b"") + (v(2, b"") if profile == "18" else b"")


def share_request(profile, start, duration, count, checksum):
    if profile == "09":
        return interval(profile, start, duration) + v(4, b"") + struct.pack(">Q", count) + checksum
    return collect_request(profile, start, duration) + interval(profile, start, duration) + struct.pack(">Q", count) + checksum


class Side:
    """One task of one role on the node, and requests to its routes."""

    def __init__(self, t, n, profile, role):
        self.t, self.n, self.profile, self.role = t, n, profile, role
        self.id, self.base = os.urandom(32), "%s/dap/%s/" % (n.url, profile)
        self.leader_token, self.collector_token = CANARY + secrets.token_urlsafe(12), CANARY + secrets.token_urlsafe(12)
        self.token = self.leader_token if role == "helper" else self.collector_token

    @property
    def spec(self):
        mine = {"collector_token": self.collector_token} if self.role == "leader" else {}
        return {"task_id": b64u(self.id), "profile": self.profile, "role": self.role, "leader_url": "https://a.example/dap/%s/" % self.profile,
                "helper_url": "https://b.example/dap/%s/" % self.profile, "vdaf": VDAF[self.profile], "batch": {"mode": "time_interval"},
                "time_precision_s": 300, "min_batch_size": 1, "expires_at": NOW + 86400, "collector_hpke_config": b64u(KEY),
                "verify_key": b64u(b"\xaa" * (16 if self.profile == "09" else 32)), "leader_token": self.leader_token, **mine,
                **({"task_info": "test"} if self.profile == "18" else {})}

    def add(self):
        self.n.client("operator").must("POST", TASKS, self.spec)
        return self

    def call(self, method, path, body=None, media=None, token="right", **more):
        if token == "right":
            token = self.token
        return request(self.base + "tasks/%s/%s" % (more.pop("task", b64u(self.id)), path), method, body,
                       media and MEDIA[self.profile] % media, token, **more)

    def upload(self, body, media=None, **more):
        verb, kind = ("PUT", "report") if self.profile == "09" else ("POST", "upload-req")
        return self.call(more.pop("verb", verb), "reports", body, media or kind, None, **more)

    def is_(self, got, want, what):
        return self.t.is_(got, want, "%s %s: %s" % (self.profile, self.role, what))

    def problem(self, a, status, word, what, task=None):
        """A problem document of that status and type; word None: of no type of DAP."""
        try:
            p = json.loads(a.body)
        except ValueError:
            p = {}
        kind = URN + word if word else "about:blank"
        task = b64u(self.id) if task is None else task
        named = p.get("taskid", task) == task
        return self.is_((a.status, a.media, p.get("type"), p.get("status"), named, bool(p.get("requestId"))),
                        (status, "application/problem+json", kind, status, True, True), what)


# ---- tasks ---------------------------------------------------------------------
def tasks(t, n):
    op, s = n.client("operator"), Side(t, n, "09", "leader")
    status, _, first = op.call("POST", TASKS, s.spec)
    t.is_((status, first["task_id"], first["role"], first["skew_s"]), (201, b64u(s.id), "leader", 120), "a task is made, with its defaults")
    t.ok(not {"verify_key", "leader_token", "collector_token"} & set(first), "and answered without its secrets")
    status, _, again = op.call("POST", TASKS, s.spec)
    t.is_((status, again), (200, first), "the same again is the same")
    for member, value in (("min_batch_size", 2), ("verify_key", b64u(b"\xbb" * 16)), ("collector_token", "another-token-0123456789")):
        status, _, body = op.call("POST", TASKS, {**s.spec, member: value})
        t.is_((status, body["error"]["code"]), (409, "CONFLICT"), "another %s under its id is refused" % member)
    for member, value in (("vdaf", {"type": "Prio3Sum", "bits": 65}), ("profile", "10"), ("leader_url", "gopher://x"), ("task_id", "short"),
                          ("verify_key", "AAAA"), ("stranger", 1)):
        status, _, body = op.call("POST", TASKS, {**s.spec, member: value})
        t.is_((status, body["error"]["code"]), (400, "VALIDATION_ERROR"), "%s %r is refused" % (member, value))
        t.like(body["error"]["message"], member, "and named")
    t.is_(op.must("GET", "%s/%s" % (TASKS, b64u(s.id))), first, "one task")
    t.ok(first in op.must("GET", TASKS)["data"], "all of them")
    t.is_(op.must("GET", "%s/%s/counters" % (TASKS, b64u(s.id))), {"upload": {}, "aggregate": {}}, "nothing was counted yet")
    t.is_(op.call("GET", "%s/%s" % (TASKS, b64u(os.urandom(32))))[0], 404, "no other")
    t.is_(op.call("GET", TASKS + "/short")[0], 404, "nor a malformed one")
    t.is_(n.principal("nobody", ["consumer"]).call("GET", TASKS)[0], 403, "operators only")
    t.is_(op.call("DELETE", "%s/%s" % (TASKS, b64u(s.id)))[0], 204, "a task ends")
    t.is_(op.call("DELETE", "%s/%s" % (TASKS, b64u(s.id)))[0], 204, "once")
    s.problem(s.upload(report("09")), 400, "unrecognizedTask", "and takes no reports any more")


def key(n):
    """The key that reports are sealed to; nobody opens one here."""
    n.psql("INSERT INTO core.agg_hpke_key (config_id, config, sealed, active_at) VALUES (7, '\\x%s', '\\x00', now() - interval '1 h')" % KEY.hex())


# ---- keys ----------------------------------------------------------------------
def keys(t, n, s):
    a = request(s.base + "hpke_config", "GET")
    s.is_((a.status, a.media, a.headers.get("cache-control"), a.body), (200, MEDIA[s.profile] % "hpke-config-list", "max-age=86400", v(2, KEY)),
          "keys, for a day")
    s.is_(request(s.base + "hpke_config", "HEAD").status, 200, "HEAD")
    if s.profile == "09":
        s.is_(request(s.base + "hpke_config?task_id=" + b64u(s.id), "GET").status, 200, "keys of a task")
        s.problem(request(s.base + "hpke_config?task_id=" + OTHER, "GET"), 400, "unrecognizedTask", "of none", OTHER)
        s.problem(request(s.base + "hpke_config?task_id=short", "GET"), 400, "unrecognizedTask", "of a malformed one")
    s.problem(request(s.base + "hpke_config?stranger=1", "GET"), 400, "invalidMessage", "a parameter that is not known")
    a = request(s.base + "hpke_config", "POST", b"")
    s.problem(a, 405, None, "another method")
    s.is_(a.headers.get("allow"), "GET, HEAD", "is told which")
    s.problem(request(s.base + "nothing", "GET"), 404, None, "no such route")


# ---- uploads -------------------------------------------------------------------
def uploads(t, n, s):
    good, taken = report(s.profile), 201 if s.profile == "09" else 200
    for what in ("a report is taken", "a repeat changes nothing"):
        a = s.upload(good)
        s.is_((a.status, a.body), (taken, b""), what)
    s.is_(s.counters()["upload"].get("stored"), 1, "and is counted once")
    s.problem(s.upload(report(s.profile), task=OTHER), 400, "unrecognizedTask", "another task", OTHER)
    s.problem(s.upload(report(s.profile), task="short"), 400, "unrecognizedTask", "a malformed one")
    s.problem(s.upload(report(s.profile), media="collect-req"), 415, None, "another media type")
    s.problem(request(s.base + "tasks/%s/reports" % b64u(s.id), "PUT" if taken == 201 else "POST", report(s.profile)), 415, None, "none at all")
    s.problem(s.upload(report(s.profile), verb="DELETE"), 405, None, "another method")
    for cut in (0, 1, 20, len(good) - 1):
        s.problem(s.upload(good[:cut]), 400, "invalidMessage", "a report cut to %d bytes" % cut)
    s.problem(s.upload(good + b"x"), 400, "invalidMessage", "a byte behind it")
    s.problem(s.upload(report(s.profile, size=1 << 20)), 413, None, "more than max_report_bytes")
    s.problem(s.upload(report(s.profile, size=5 << 20)), 413, None, "more than nginx takes")
    refused(t, s)


def refused(t, s):
    """What only SQL knows: one problem in 09, a list in 18."""
    early, config, long = report(s.profile, when=NOW + 3600), report(s.profile, config=8), report(s.profile, size=45000)
    if s.profile == "09":
        s.problem(s.upload(early), 400, "reportTooEarly", "a report of the future")
        s.problem(s.upload(config), 400, "outdatedConfig", "a key that is not here")
        s.problem(s.upload(report("09", when=NOW + 2 * 86400)), 400, "reportRejected", "a task that is over")
        s.problem(s.upload(long), 400, "reportRejected", "a report that is longer than those of the task")
        return
    good = report("18")
    a = s.upload(early + good + config + long)
    s.is_((a.status, a.media, a.body), (200, MEDIA["18"] % "upload-errors", early[:16] + b"\x09" + config[:16] + b"\x0b" + long[:16] + b"\x08"),
          "those that are refused, in their order")
    a = s.upload(good)
    s.is_((a.status, a.body), (200, b""), "the one among them was taken")
    s.is_(s.counters()["upload"].get("stored"), 2, "once")
    s.is_(s.upload(b"".join(report("18") for _ in range(50))).body, b"", "fifty at once")


def at(n, rid):
    """segment, offset, length of a report; its host's file."""
    row = n.rows("SELECT s.id, r.at, r.length, s.folder, s.state FROM core.agg_report r JOIN core.agg_segment s ON s.serial = r.segment "
                 "WHERE r.report_id = encode('\\x%s', 'hex')::uuid" % rid.hex())
    return row[0] if row else None


def bytes_at(n, rid):
    _, offset, length, folder, _ = at(n, rid)
    with open(os.path.join(folder, at(n, rid)[0]), "rb") as f:
        f.seek(int(offset))
        return f.read(int(length))


def large(t, n, s):
    """Reports too large for a row."""
    taken = 201 if s.profile == "09" else 200
    edge = [report(s.profile, size=INLINE - len(report(s.profile)) + 20 + d) for d in (0, 1)]
    s.is_([len(r) for r in edge], [INLINE, INLINE + 1], "two reports at the edge")
    s.is_([s.upload(r).status for r in edge], [taken, taken], "are taken")
    s.is_([at(n, r[:16]) is not None for r in edge], [False, True], "the larger one lies in a segment")
    many = [report(s.profile, size=20000 + i) for i in range(60)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        s.is_({a.status for a in pool.map(s.upload, many)}, {taken}, "sixty large ones, twelve at a time")
    s.is_([r for r in many if bytes_at(n, r[:16]) != r], [], "are in the files as they came")
    longest = n.psql("SELECT max(x.n) FROM (SELECT max(r.at + r.length) AS n FROM core.agg_report r WHERE r.segment IS NOT NULL GROUP BY r.segment) x")
    s.is_((int(longest) <= 256 << 10, int(n.psql("SELECT count(*) FROM core.agg_segment")) >= 5), (True, True), "no file is longer than it may be")
    s.is_(s.upload(many[0]).status, taken, "a repeat is taken")
    s.problem(s.upload(report(s.profile, when=NOW + 3600, size=9000) if s.profile == "09" else many[0] + b"x"), 400,
              "reportTooEarly" if s.profile == "09" else "invalidMessage", "a large one that is refused")
    if s.profile == "18":
        mixed = [report("18", size=size) for size in (20, 9000, 30, 12000)]
        s.is_((s.upload(b"".join(mixed)).body, [bytes_at(n, r[:16]) == r if len(r) > INLINE else at(n, r[:16]) for r in mixed]),
              (b"", [None, True, None, True]), "large and small ones in one body")


def segments(t, n, s):
    """What a process that leaves a segment, and one that dies, leave behind."""
    first = at_new(n, s)
    n.wait(lambda: n.psql("SELECT state FROM core.agg_segment WHERE id = '%s'" % first) == "full", 30, "the segment to be left")
    length = n.psql("SELECT length FROM core.agg_segment WHERE id = '%s'" % first)
    t.is_(int(length), os.path.getsize(os.path.join(n.path("segments"), first)), "SQL is told how long it is")
    t.ok(at_new(n, s) != first, "the next report begins another")
    open_ones = {at_new(n, s) for _ in range(8)}
    for pid in serving(n):
        os.kill(pid, signal.SIGKILL)
    t.ok(at_new(n, s) not in open_ones, "a process that replaces a dead one begins one of its own")


def serving(n):
    with open("/proc/%d/task/%d/children" % (n.pid("fcgi"), n.pid("fcgi"))) as f:
        return [int(pid) for pid in f.read().split()]


def at_new(n, s):
    r = report(s.profile, size=5000)
    n.wait(lambda: s.upload(r).status in (200, 201), 20, "an upload")
    return at(n, r[:16])[0]


def full_disk(t, n, s):
    """No room: 503, no row, and the next report is taken when there is some."""
    folder = n.path("segments")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "full", folder], capture_output=True).returncode:
        t.skip("a full disk", "no tmpfs can be mounted here")
        return
    try:
        n.wait(lambda: n.psql("SELECT count(*) FROM core.agg_segment WHERE state = 'open' AND made_at > now() - interval '4 s'") == "0", 30,
               "segments of before to be left")
        sent = [report(s.profile, size=30000) for _ in range(8)]
        got = [s.upload(r) for r in sent]
        bad = [(r, a) for r, a in zip(sent, got) if a.status not in (200, 201)]
        t.ok(bad, "a full disk refuses")
        for r, a in bad[:2]:
            s.problem(a, 503, None, "as no room now")
            t.ok("retry-after" in a.headers, "and says when to come again")
        t.is_([r for r, _ in bad if at(n, r[:16])], [], "nothing of them is stored")
        t.is_([r for r, a in zip(sent, got) if a.status in (200, 201) and bytes_at(n, r[:16]) != r], [], "what was taken is whole")
        t.is_(s.upload(report(s.profile)).status, 201 if s.profile == "09" else 200, "small ones need no segment")
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    n.wait(lambda: s.upload(report(s.profile, size=30000)).status in (200, 201), 30, "room again")


# ---- jobs of a helper ------------------------------------------------------------
def job(s, jid, body, **more):
    """A leader's PUT or POST."""
    verb, path = ("PUT", "aggregation_jobs/" + b64u(jid)) if s.profile == "09" else ("POST", "aggregation_jobs")
    return s.call(more.pop("verb", verb), path + more.pop("query", ""), body, more.pop("media", "aggregation-job-init-req"), **more)


def job_refusals(t, n, s):
    good, jid = init_request(s.profile, [prepare_init(s.profile)]), os.urandom(16)
    s.problem(job(s, jid, good, token=None), 403, "unauthorizedRequest" if s.profile == "09" else None, "a job without a token")
    s.problem(job(s, jid, good, token=s.collector_token), 403, "unauthorizedRequest" if s.profile == "09" else None, "another's token")
    s.problem(job(s, jid, good, task=OTHER), 400, "unrecognizedTask", "another task", OTHER)
    s.problem(job(s, jid, good, task="short"), 400, "unrecognizedTask", "a malformed one", "")
    a = job(s, jid, good, headers={"DAP-Auth-Token": "another"})
    s.problem(a, 403, "unauthorizedRequest" if s.profile == "09" else None, "two tokens that differ")
    s.problem(job(s, jid, good, media="aggregate-share-req"), 415, None, "another media type")
    s.problem(job(s, jid, b""), 400, "invalidMessage", "no body")
    s.problem(job(s, jid, good[:-1]), 400, "invalidMessage", "a request that is cut")
    twin = prepare_init(s.profile)
    s.problem(job(s, jid, init_request(s.profile, [twin, prepare_init(s.profile), twin])), 400, "invalidMessage", "one id twice")
    s.problem(job(s, jid, init_request(s.profile, [twin], os.urandom(32))), 400, "invalidMessage", "the batch of another mode")
    s.problem(job(s, jid, bytes(33 << 20)), 413, None, "more than a job may have")
    s.problem(s.call("PATCH", "aggregation_jobs/" + b64u(jid), b""), 405, None, "another method")
    s.problem(s.call("DELETE", "aggregation_jobs/short"), 400, "unrecognizedAggregationJob", "a malformed id")
    s.problem(s.call("DELETE", "aggregation_jobs/" + b64u(jid)), 400, "unrecognizedAggregationJob", "one that is not here")
    t.is_(os.listdir(n.path("spool", "upload")), [], "nothing of them is left in the spool")
    if s.profile == "18":
        bad = b"\0" + v(4, b"") + v(2, b"\0\x63" + v(2, b"")) + prepare_init("18")
        a = job(s, jid, bad)
        s.problem(a, 400, "unsupportedExtension", "an extension that is not known")
        s.is_(json.loads(a.body).get("unsupported_extensions"), [0x63], "is named")


def answer(n, jid, data):
    """What a runner's commit does for the one who waits."""
    where = "job_id = encode('\\x%s', 'hex')::uuid" % jid.hex()
    n.psql("UPDATE core.agg_job SET state = 'done', answer = '\\x%s', finished_at = now() WHERE %s" % (data.hex(), where))
    n.psql("SELECT api.job_announce(ARRAY(SELECT queue_id FROM core.agg_job WHERE %s))" % where)


def waiting(n, jid):
    return n.psql("SELECT count(*) FROM core.agg_job WHERE job_id = encode('\\x%s', 'hex')::uuid" % jid.hex()) == "1"


def jobs_09(t, n, s):
    """PUT waits for its job."""
    jid, body, end = os.urandom(16), init_request("09", [prepare_init("09") for _ in range(200)]), v(4, b"\x11" * 40)
    a = job(s, jid, body, query="?wait=1")
    s.problem(a, 503, None, "a job that takes longer than its leader waits")
    s.is_(a.headers.get("retry-after"), "1", "is to be asked for again in a second")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = [pool.submit(job, s, jid, body) for _ in range(2)]
        n.wait(lambda: waiting(n, jid), 10, "the job")
        n.parked(2)
        answer(n, jid, end)
        for f in both:
            a = f.result()
            s.is_((a.status, a.media, a.body), (201, MEDIA["09"] % "aggregation-job-resp", end), "whoever waits has the answer")
    a = job(s, jid, body, headers={"DAP-Auth-Token": s.token}, token=None)
    s.is_((a.status, a.body), (201, end), "a repeat has the stored one, by DAP-Auth-Token as well")
    s.problem(job(s, jid, init_request("09", [prepare_init("09")])), 409, None, "another body under its id")
    step = struct.pack(">H", 1) + v(4, os.urandom(16) + v(4, b"m"))
    s.problem(s.call("POST", "aggregation_jobs/" + b64u(jid), step, "aggregation-job-continue-req"), 400, "stepMismatch", "a continuation")
    s.problem(s.call("POST", "aggregation_jobs/" + b64u(jid), step[1:], "aggregation-job-continue-req"), 400, "invalidMessage", "one that is cut")
    s.is_(s.call("DELETE", "aggregation_jobs/" + b64u(jid)).status, 204, "a job is removed")
    s.problem(job(s, jid, body), 400, "unrecognizedAggregationJob", "and stays so")
    s.is_(int(n.psql("SELECT count(*) FROM core.agg_job WHERE n = 200")), 1, "all of that was one job")


def jobs_18(t, n, s):
    """POST makes, GET polls, equal bodies have one name."""
    body, end = init_request("18", [prepare_init("18") for _ in range(3)]), b"\x22" * 40
    first = job(s, None, body)
    where = first.headers.get("location", "")
    s.is_((first.status, first.body, first.headers.get("retry-after"), where.startswith("/dap/18/tasks/%s/aggregation_jobs/" % b64u(s.id)),
           where.endswith("?step=0")), (201, b"", "1", True, True), "a job is made, under an id of ours")
    again = job(s, None, body)
    s.is_((again.status, again.headers.get("location")), (201, where), "the same body has the same")
    path = where.split("/%s/" % b64u(s.id))[1]
    poll = s.call("GET", path)
    s.is_((poll.status, poll.body, poll.headers.get("retry-after"), poll.headers.get("location")), (200, b"", "1", where), "it is not ready")
    s.problem(s.call("GET", path.replace("step=0", "step=x")), 400, "invalidMessage", "a step that is no number")
    s.problem(s.call("GET", path, token=None), 403, None, "a poll without a token")
    jid = base64.urlsafe_b64decode(path.split("/")[1].split("?")[0] + "==")
    answer(n, jid, end)
    poll = s.call("GET", path)
    s.is_((poll.status, poll.media, poll.body), (200, MEDIA["18"] % "aggregation-job-resp", end), "now it is")
    again = job(s, None, body)
    s.is_((again.status, again.body, again.headers.get("location")), (201, end, where), "a repeat has it at once")
    s.is_(s.call("DELETE", path.split("?")[0]).status, 204, "it is removed")
    s.problem(s.call("GET", path), 400, "unrecognizedAggregationJob", "for good")
    second = job(s, None, body)
    s.is_((second.status, second.headers.get("location") not in (None, where)), (201, True), "and the same body makes another")


# ---- shares of a batch -------------------------------------------------------------
def shares(t, n, s):
    def ask(body, **more):
        return s.call("POST", "aggregate_shares", body, more.pop("media", "aggregate-share-req"), **more)

    good = share_request(s.profile, NOW - 3000, 300, 1, bytes(32))
    s.problem(ask(good, token=None), 403, "unauthorizedRequest" if s.profile == "09" else None, "a share without a token")
    s.problem(ask(good, media="collect-req"), 415, None, "another media type")
    s.problem(ask(good[:-1]), 400, "invalidMessage", "a request that is cut")
    s.problem(ask(good), 400, "batchMismatch", "a count that is not ours")
    s.problem(ask(share_request(s.profile, NOW - 3000, 300, 0, bytes(32))), 400, "invalidBatchSize", "below the minimum")
    if s.profile == "09":
        s.problem(ask(share_request("09", NOW - 3001, 300, 1, bytes(32))), 400, "batchInvalid", "off the grid")


# ---- collections -------------------------------------------------------------------
def collections(t, n, s):
    cid, kind = os.urandom(16), "collect-req" if s.profile == "09" else "collection-job-req"

    def put(body, **more):
        verb, path = ("PUT", "collection_jobs/" + b64u(cid)) if s.profile == "09" else ("POST", "collection_jobs")
        return s.call(verb, path, body, more.pop("media", kind), **more)

    def poll(path, **more):
        return s.call("POST" if s.profile == "09" else "GET", path, **more)

    good = collect_request(s.profile, NOW, 300)
    s.problem(put(good, token=s.leader_token), 403, "unauthorizedRequest" if s.profile == "09" else None, "a collection under another's token")
    s.problem(put(good, media="report"), 415, None, "another media type")
    s.problem(put(good[:-1]), 400, "invalidMessage", "a request that is cut")
    s.problem(put(collect_request(s.profile, NOW, 0)), 400, "batchInvalid", "an interval of nothing")
    a = put(good)
    s.is_((a.status, a.body), (201, b""), "a collection is made")
    path = "collection_jobs/" + b64u(cid)
    if s.profile == "18":
        path = a.headers.get("location", "").split("/%s/" % b64u(s.id))[1]
        s.is_(a.headers.get("retry-after") is not None, True, "and says when to ask")
        s.is_(put(good).headers.get("location"), a.headers.get("location"), "the same body is the same collection")
    else:
        s.is_(put(good).status, 201, "the same again is the same")
        s.problem(put(collect_request("09", NOW + 300, 300)), 409, None, "another body under its id")
    a = poll(path)
    s.is_((a.status, a.body, "retry-after" in a.headers), (202 if s.profile == "09" else 200, b"", True), "it runs")
    s.problem(poll(path, token=None), 403, "unauthorizedRequest" if s.profile == "09" else None, "a poll without a token")
    leader, helper = ciphertext(1, b"L" * 30), ciphertext(1, b"H" * 30)
    n.psql("UPDATE core.agg_collection SET state = 'done', leader_share = '\\x%s', helper_share = '\\x%s', count = 7, start = %d, duration = %d"
           % (leader.hex(), helper.hex(), *((NOW, 300) if s.profile == "09" else (NOW // 300, 1))))
    a = poll(path)
    span = struct.pack(">QQ", *((NOW, 300) if s.profile == "09" else (NOW // 300, 1)))
    want = (b"\1" if s.profile == "09" else b"") + struct.pack(">Q", 7) + span + leader + helper
    s.is_((a.status, a.media, a.body), (200, MEDIA[s.profile] % ("collection" if s.profile == "09" else "collection-job-resp"), want), "it is done")
    s.is_(s.call("DELETE", path).status, 204, "and removed")
    s.is_(poll(path).status, 204, "then nothing is there")
    s.problem(poll("collection_jobs/" + b64u(os.urandom(16))), 404, None, "nor was there another")


def canary(t, n):
    """Tokens are in no file of the node: logs, spool, database and its log."""
    left = []
    for top, _, names in os.walk(n.dir):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    if CANARY.encode() in f.read():
                        left.append(os.path.relpath(path, n.dir))
    t.is_(left, [], "no token is in any file of the node")


def main():
    t = Tap()
    Side.counters = lambda s: s.n.client("operator").must("GET", "%s/%s/counters" % (TASKS, b64u(s.id)))
    with Node("daphttp", parts=("pg", "fcgi", "nginx"), conf={"segment_ms": "1s", "segment_bytes": "256K"}) as n:
        a = request(n.url + "/dap/09/hpke_config", "GET")
        t.is_((a.status, "retry-after" in a.headers, "max-age" in a.headers.get("cache-control", "")), (503, True, False), "a node that has no key yet: ask again")
        key(n)
        with t.case("tasks"):
            tasks(t, n)
        for profile in ("09", "18"):
            s = Side(t, n, profile, "leader").add()
            for part in (keys, uploads, large):
                with t.case("%s %s" % (profile, part.__name__)):
                    part(t, n, s)
            h = Side(t, n, profile, "helper").add()
            for part in (job_refusals, jobs_09 if profile == "09" else jobs_18, shares):
                with t.case("%s %s" % (profile, part.__name__)):
                    part(t, n, h)
            with t.case(profile + " collections"):
                collections(t, n, s)
        for part in (segments, full_disk):
            with t.case(part.__name__):
                part(t, n, s)
        with t.case("canary"):
            canary(t, n)
    t.done()


if __name__ == "__main__":
    main()
