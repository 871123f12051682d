"""Two complete private nodes that know of each other only what the protocol sends: own PostgreSQL, blobs, key files, ports.

    with Pair("dap") as pair:                               # pair.leader, pair.helper: harness.Node
        task = pair.task({"type": "Prio3Count"})            # on both; and the collector's key
        task.upload([True, False, True])                    # our own client, in Python: Count only
        task.upload_cli([1, 0, 1])                          # darkroom dap upload
        task.collect()                                      # -> Result(count, sum) by Python, Count only
        task.collect_cli()                                  # -> {"report_count", "interval", "result"} of darkroom dap collect

One node may lead in one task and help in another: pair.task(..., leader=pair.helper).  What a party may not know is not in its folder:
files of the collector and of the client are in pair.dir.
"""
import base64
import collections
import concurrent.futures
import contextlib
import functools
import http.client
import json
import os
import secrets
import shutil
import struct
import subprocess
import time
import urllib.parse

import dapwire
from cryptography.hazmat.primitives import serialization as ser
from harness import BUILD, TOP, Node, until

CLI = os.path.join(BUILD, "darkroom")
# few runners and no weight: two nodes are up in seconds, and what else runs on this machine is no part of a test
CONF = {"lanes": "maint,agg,agg-peer,agg-house", "images": ",", "poll_ms": 200, "agg": "size=5 cpu_weight=0 memory_mb=256 wall_s=300",
        "agg_peer": "size=1 cpu_weight=0 memory_mb=256 wall_s=900"}
Result = collections.namedtuple("Result", "count sum")
Answer = collections.namedtuple("Answer", "status media body headers")
TASKS = "/api/v1/aggregate/tasks"
URN = "urn:ietf:params:ppm:dap:error:"
INFO = "a test"
KNOWS = {"leader": ("verify_key", "leader_token", "collector_token"), "helper": ("verify_key", "leader_token"), "collector": ("collector_token",), "client": ()}


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Problem(AssertionError):
    """An answer that is none of success; .word is that of a DAP problem, else empty."""

    def __init__(self, what, answer):
        self.answer, self.status = answer, answer.status
        with contextlib.suppress(ValueError):
            self.document = json.loads(answer.body)
        kind = getattr(self, "document", {}).get("type", "")
        self.word = kind[len(URN):] if kind.startswith(URN) else ""
        super().__init__("%s: %d %s %r" % (what, answer.status, answer.media, answer.body[:300]))


def unless_later(fn):
    """fn(), or None when it is refused for now: who asks, asks again."""
    try:
        return fn()
    except Problem as p:
        if p.status >= 429:
            return None
        raise


def request(url, method, body=None, media=None, token=None, header="Authorization", timeout=90, headers=None):
    """One request as a peer sends it -> Answer; nothing of the answer is judged."""
    u = urllib.parse.urlsplit(url)
    h = dict(headers or {})
    if media:
        h["Content-Type"] = media
    if token:
        h[header] = "Bearer " + token if header == "Authorization" else token
    c = http.client.HTTPConnection(u.hostname, u.port, timeout=timeout)
    try:
        c.request(method, u.path + ("?" + u.query if u.query else ""), body=body, headers=h)
        r = c.getresponse()
        data = r.read()
    finally:
        c.close()
    said = {k.lower(): v for k, v in r.getheaders()}
    return Answer(r.status, said.get("content-type"), data, said)


class DapTask:
    """A task on both nodes, with what client, leader, helper and collector know of it."""

    def __init__(self, pair, leader, helper, profile, vdaf, batch, more):
        self.pair, self.leader, self.helper, self.profile = pair, leader, helper, dapwire.PROFILES[profile]
        self.id, self.verify_key = os.urandom(32), os.urandom(self.profile.vdaf.seed)
        self.leader_token, self.collector_token = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.config, self.key = dapwire.HpkeConfig.generate(200)
        self.precision, self.time_interval = more.pop("time_precision_s", 3600), batch["mode"] == "time_interval"
        self.both = {"task_id": b64u(self.id), "profile": profile, "leader_url": self.url(leader), "helper_url": self.url(helper), "vdaf": vdaf,
                     "batch": batch, "time_precision_s": self.precision, "min_batch_size": more.pop("min_batch_size", 1),
                     "collector_hpke_config": b64u(self.config.bytes()), "expires_at": int(time.time()) + 30 * 86400,
                     **({"task_info": INFO} if profile == "18" else {}), **more}
        self.vdaf = dapwire.VDAFS.get(vdaf["type"])
        self.now = int(time.time()) // self.precision * self.precision      # every report of a task in one interval, however late it gets

    def url(self, node):
        return "%s/dap/%s/" % (node.url, self.profile.name)

    @functools.cached_property
    def wire(self):
        """What its messages are bound to, of a type that we speak (dapwire.VDAFS) and whose numbers are all given."""
        return dapwire.Task(self.id, self.configuration() if self.profile.name == "18" else b"")

    def configuration(self):
        """TaskConfiguration of profile 18."""
        b, text = self.both, lambda k: self.both[k].encode()
        return (bytes([len(INFO)]) + INFO.encode() + dapwire.v2(text("leader_url")) + dapwire.v2(text("helper_url")) +
                struct.pack(">QQB", self.precision, b["min_batch_size"], 1 if self.time_interval else 2) + dapwire.v2(b"") +
                struct.pack(">I", self.vdaf.id) + dapwire.v2(self.vdaf.config(b["vdaf"])) + dapwire.v2(b""))

    def truth(self, reports):
        """The sum of what these reports measure, which only who made both shares knows."""
        p = self.profile
        return sum(p.vdaf.prep_init(self.verify_key, a, r.id, r.shares[a], p.ctx(self.id)).out for r in reports for a in (0, 1)) % dapwire.P64

    # ---- the two nodes ---------------------------------------------------------
    def of(self, role):
        """The task as its operator of that role writes it down."""
        secret = {"verify_key": b64u(self.verify_key), "leader_token": self.leader_token, "collector_token": self.collector_token}
        return {**self.both, "role": role, **{k: secret[k] for k in KNOWS[role]}}

    def add(self):
        for node, role in ((self.leader, "leader"), (self.helper, "helper")):
            node.client("operator").must("POST", TASKS, self.of(role))
        return self

    def counters(self, node):
        return node.client("operator").must("GET", "%s/%s/counters" % (TASKS, b64u(self.id)))

    # ---- our client in Python --------------------------------------------------
    def configs(self):
        """Keys of (leader, helper), as a client fetches them."""
        out = []
        for node in (self.leader, self.helper):
            a = request(self.url(node) + "hpke_config" + ("?task_id=" + b64u(self.id) if self.profile.name == "09" else ""), "GET")
            if a.status != 200:
                raise Problem("hpke_config", a)
            out.append(dapwire.HpkeConfig.list(a.body)[0])
        return out

    def report(self, measurement, configs=None, when=None, rid=None):
        return dapwire.Report.make(self.profile, self.wire, configs or self.configs(), self.stamp(when), measurement, rid)

    def stamp(self, when=None):
        when = self.now if when is None else when
        return when if self.profile.name == "09" else when // self.precision

    def put(self, body, task=None, **more):
        p = self.profile
        return request("%stasks/%s/reports" % (self.url(self.leader), b64u(task or self.id)), p.upload_verb, body,
                       more.pop("media", p.media % p.report_media), **more)

    def upload(self, measurements, when=None):
        """-> the reports, each of which was taken."""
        configs = self.configs()
        made = [self.report(m, configs, when) for m in measurements]
        for r in made:
            a = self.put(r.bytes(self.profile))
            if a.status != self.profile.upload_status or a.body:
                raise Problem("upload", a)
        return made

    # ---- a leader in Python, against our helper ----------------------------------
    def init(self, reports, job=None, batch=None, body=None, **more):
        """PUT (POST in 18) of an aggregation job -> Answer of its end; body: these bytes instead."""
        p, job = self.profile, job or os.urandom(16)
        body = body or p.init_request([r.prepare_init(p, self.verify_key) for r in reports], batch)
        base = "%stasks/%s/aggregation_jobs" % (self.url(self.helper), b64u(self.id))
        more.setdefault("token", self.leader_token)
        ask = {"media": p.media % "aggregation-job-init-req", **more}
        if p.name == "09":
            return self.repeated(lambda: request(base + "/" + b64u(job), "PUT", body, **ask))
        first = request(base, "POST", body, **ask)
        return self.polled(first, base, more["token"])

    @staticmethod
    def repeated(ask, timeout=90):
        """Until it is not 503, as a leader repeats."""
        end = time.monotonic() + timeout

        def given():
            a = ask()
            return a if a.status != 503 or time.monotonic() > end else None
        return until(given, timeout + 60, "an answer but 503", 0.05)

    @staticmethod
    def polled(first, base, token, timeout=90):
        """What Location says, once its body is there."""
        where = first.headers.get("location")

        def there():
            a = request(urllib.parse.urljoin(base, where), "GET", token=token)
            return a if a.status not in (200, 201) or a.body else None
        return until(there, timeout, "a body at " + where) if first.status in (200, 201) and not first.body and where else first

    def responses(self, answer):
        if answer.status not in (200, 201):
            raise Problem("aggregation job", answer)
        return self.profile.job_response(answer.body)

    # ---- a collector in Python ---------------------------------------------------
    def query(self, start=None, duration=None):
        start, duration = self.now if start is None else start, duration or self.precision
        unit = 1 if self.profile.name == "09" else self.precision
        return self.profile.interval_query(start // unit, duration // unit)

    def collect_begin(self, query=None, cid=None, **more):
        p, cid = self.profile, cid or os.urandom(16)
        base = "%stasks/%s/collection_jobs" % (self.url(self.leader), b64u(self.id))
        more.setdefault("token", self.collector_token)
        url = base + "/" + b64u(cid) if p.name == "09" else base
        a = request(url, "PUT" if p.name == "09" else "POST", p.collect_request(query or self.query()), p.media % p.collect_media, **more)
        if a.status not in (200, 201):
            raise Problem("collection", a)
        return url if p.name == "09" else urllib.parse.urljoin(base, a.headers["location"])

    def collect_poll(self, url):
        """-> the bytes of the collection, or None while it runs"""
        a = request(url, "POST" if self.profile.name == "09" else "GET", token=self.collector_token)
        if a.status == 202 or a.status == 503 or (a.status == 200 and not a.body):
            return None
        if a.status != 200:
            raise Problem("collection", a)
        return a.body

    def collect(self, query=None, timeout=60, cid=None):
        url = self.collect_begin(query, cid)
        body = self.leader.wait(lambda: self.collect_poll(url), timeout, "the collection")
        return self.open(body, query)

    def open(self, body, query=None):
        query = query or self.query()
        return Result(*self.profile.total(self.key, self.wire, query, body, query))

    # ---- what is typed -----------------------------------------------------------
    def file(self, role):
        """The task file of the client or the collector; the collector's key lies beside it."""
        path = os.path.join(self.pair.dir, b64u(self.id)[:8], role + ".json")
        if not os.path.exists(path):
            self.write(path, self.of(role))
            if role == "collector":
                self.write(os.path.join(os.path.dirname(path), "collector.key"), {
                    "config": b64u(self.config.bytes()),
                    "private_key": b64u(self.key.private_bytes(ser.Encoding.Raw, ser.PrivateFormat.Raw, ser.NoEncryption()))})
        return path

    @staticmethod
    def write(path, value):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
            json.dump(value, f)

    def upload_cli(self, measurements):
        """darkroom dap upload, a measurement a line."""
        text = "".join(json.dumps(m) + "\n" for m in measurements)
        return cli(["dap", "upload", "--task", self.file("client"), "--time", str(self.now)], text)

    def collect_cli(self, query=None, *argv):
        """darkroom dap collect -> {"report_count", "interval", "result"}"""
        query = query or "%d/%d" % (self.now, self.precision)
        return json.loads(cli(["dap", "collect", "--task", self.file("collector"), "--query", query, "--json", *argv]))


class Clients:
    """Many reports, made by a program that is compiled first (tests/bench/reports.c): measurement i is i mod 2."""

    def __init__(self, folder):
        self.program = os.path.join(folder, "reports")
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libcrypto", "libgcrypt", "libsodium", "json-c", "gmp"], capture_output=True, text=True,
                               check=True).stdout.split()
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(TOP, "tests", "bench", "reports.c"), os.path.join(BUILD, "libdr.a"),
                       *flags, "-o", self.program])

    def make(self, task, n, when=None):
        """-> their bytes, one by one; when: their time, in seconds"""
        leader, helper = task.configs()
        out = subprocess.run([self.program, task.file("collector"), leader.bytes().hex(), helper.bytes().hex(), str(when or task.now), str(n)],
                             capture_output=True, check=True).stdout
        reports, at = [], 0
        while at < len(out):
            size, = struct.unpack_from(">I", out, at)
            reports.append(out[at + 4:at + 4 + size])
            at += 4 + size
        return reports


class Pair:
    def __init__(self, name, conf=None, roots=(None, None), make=Node, **more):
        self.nodes = [make("%s-%s" % (name, which), root=root, conf={**CONF, **(conf or {})}, images=(), **more)
                      for which, root in zip("ab", roots)]
        self.leader, self.helper = self.nodes
        self.dir = os.path.join(os.path.dirname(self.leader.dir), "%s-people-%d" % (name, os.getpid()))

    def task(self, vdaf, profile="09", batch=None, leader=None, **more):
        leader = leader or self.leader
        helper, = (n for n in self.nodes if n is not leader)
        return DapTask(self, leader, helper, profile, vdaf, batch or {"mode": "time_interval"}, more).add()

    def each(self, fn):
        """The same on both at once."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(fn, n) for n in self.nodes]:
                done.result()

    def up(self):
        os.makedirs(self.dir, mode=0o700, exist_ok=True)
        self.each(lambda n: n.up())
        for n in self.nodes:
            n.psql("UPDATE core.setting SET value = '1000000' WHERE name ~ '^rate_'")
            if "workerd" in n.parts:
                n.wait(lambda: n.psql("SELECT count(*) FROM core.agg_hpke_key") != "0", 30, "the first HPKE key")
        return self

    def down(self):
        for n in self.nodes:
            n.down()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        try:
            return self.up()
        except BaseException:
            for n in self.nodes:
                for part in list(n.procs):
                    for line in n.log(part)[-1500:].splitlines():
                        print("# %s %s: %s" % (n.name, part, line))
            self.down()
            raise

    def __exit__(self, kind, exc, tb):
        if kind and os.environ.get("DR_KEEP"):
            print("# kept: " + " ".join(n.dir for n in self.nodes))
            for n in self.nodes:
                n.keep = True
        self.down()


def cli(argv, stdin=None, env=None, timeout=120):
    """Run the darkroom command -> its stdout; raises with what it said."""
    p = subprocess.run([CLI, *argv], input=stdin, capture_output=True, text=True, timeout=timeout,
                       env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(env or {})})
    if p.returncode:
        raise AssertionError("darkroom %s: exit %d\n%s%s" % (" ".join(argv), p.returncode, p.stdout[-2000:], p.stderr[-2000:]))
    return p.stdout
