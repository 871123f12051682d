"""darkroom-agg alone: whoever starts it here stands where workerd does, on descriptor 3, and tells it what the database would have said.

    with Runner("agg") as r:
        outcome = r.run("dap.prepare", on, secrets, {"hpke_key": lambda args: ...}, files={"request": b"..."})
"""
import base64
import contextlib
import http.server
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import uuid

import dapwire
from cryptography.hazmat.primitives import serialization as ser
from harness import BUILD

FRAME_MAX = 4 << 20
PROGRAM = os.path.join(BUILD, "darkroom-agg")


class Runner:
    def __init__(self, memory_mb=256):
        self.spool = tempfile.mkdtemp(prefix="aggrunner")
        self.sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(120)
        self.log = open(os.path.join(self.spool, "log"), "wb")

        def only_three():
            os.dup2(theirs.fileno(), 3)
            os.set_inheritable(3, True)
        self.child = subprocess.Popen([PROGRAM, "--spool=" + self.spool, "--memory-mb=%d" % memory_mb], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=self.log, close_fds=False, preexec_fn=only_three, pass_fds=())
        theirs.close()
        self.expect("ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.say({"t": "quit"})
        self.sock.close()
        self.child.wait(timeout=20)
        self.log.close()
        shutil.rmtree(self.spool, ignore_errors=True)

    # ---- frames -------------------------------------------------------------------
    def say(self, frame):
        data = json.dumps(frame, separators=(",", ":")).encode()
        assert len(data) <= FRAME_MAX, len(data)
        self.sock.sendall(struct.pack(">I", len(data)) + data)

    def take(self, n):
        out = bytearray()
        while len(out) < n:
            got = self.sock.recv(n - len(out))
            if not got:
                raise EOFError("the runner is gone:\n" + self.logged())
            out += got
        return bytes(out)

    def hear(self):
        return json.loads(self.take(struct.unpack(">I", self.take(4))[0]))

    def expect(self, t):
        f = self.hear()
        if f["t"] != t:
            raise ValueError("%s instead of %s\n%s" % (f, t, self.logged()))
        return f

    def logged(self):
        with open(os.path.join(self.spool, "log"), encoding="utf-8") as f:
            return f.read()[-4000:]

    # ---- a job --------------------------------------------------------------------
    def run(self, kind, on, secrets=None, answers=None, files=None, args=None):
        """-> the outcome; .asked are the calls that it made."""
        job, folder = str(uuid.uuid4()), os.path.join(self.spool, "job")
        shutil.rmtree(folder, ignore_errors=True)
        for d in ("in", "out"):
            os.makedirs(os.path.join(folder, d))
        for name, data in (files or {}).items():
            with open(os.path.join(folder, "in", name), "wb") as f:
                f.write(data)
        self.folder, self.asked = folder, []
        self.say({"t": "job", "id": job, "kind": kind, "spec": {"args": args or {}}, "timeout_ms": 60000, "dir": folder, "on": on,
                  "secrets": secrets is not None})
        if secrets is not None:
            self.say(secrets)
        while True:
            f = self.hear()
            if f["t"] == "ask":
                self.asked.append(f["call"])
                said = answers[f["call"]](f["args"])
                said = said if isinstance(said, tuple) else (said, None)
                self.say({"t": "answer", "id": job, "n": f["n"], "value": said[0], **({"opened": said[1]} if said[1] else {})})
            elif f["t"] == "done":
                self.expect("ready")
                if f["outcome"]["state"] == "failed" and os.environ.get("DR_VERBOSE"):
                    print("#", self.logged())
                return f["outcome"]
            elif f["t"] != "progress":
                raise ValueError("%s\n%s" % (f, self.logged()))


# ---- a task and what stands around it ----------------------------------------------
NOW = 1_800_000_000
PRECISION = 3600


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text)


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Helper(http.server.BaseHTTPRequestHandler):
    """What stands behind helper_url: says what the test wants said."""
    protocol_version = "HTTP/1.1"

    def do(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        status, media, answer, more = self.server.say(self.command, self.path, body)
        self.send_response(status)
        for k, v in {**({"Content-Type": media} if media else {}), "Content-Length": str(len(answer)), **more}.items():
            self.send_header(k, v)
        self.end_headers()
        self.wfile.write(answer)
    do_PUT = do_POST = do_GET = do

    def log_message(self, *_):
        pass


def serve():
    s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Helper)
    s.daemon_threads, s.seen, s.say = True, [], None
    threading.Thread(target=s.serve_forever, daemon=True).start()
    return s


class World:
    """A task, keys of all, and the answers of both databases.  What is not of Count has no TaskConfiguration here: reports of
    profile 18 are then those of another maker."""

    def __init__(self, profile, server, vdaf=None):
        self.p, self.server = dapwire.PROFILES[profile], server
        self.id, self.verify_key = os.urandom(32), os.urandom(self.p.vdaf.seed)
        self.configs, self.keys = zip(*(dapwire.HpkeConfig.generate(i) for i in (1, 2)))
        self.collector, self.collector_key = dapwire.HpkeConfig.generate(200)
        self.both = {"task_no": 7, "task_id": b64u(self.id), "profile": profile, "leader_url": "http://leader.example/",
                     "helper_url": "http://127.0.0.1:%d/dap/%s/" % (server.server_port, profile), "vdaf": vdaf or {"type": "Prio3Count"},
                     "batch": {"mode": "time_interval"}, "time_precision_s": PRECISION, "min_batch_size": 2, "max_batch_query_count": 1,
                     "expires_at": NOW + 10 ** 6, "skew_s": 120, "retain_s": 10 ** 6, "collector_hpke_config": b64u(self.collector.bytes()),
                     **({"task_info": "a test"} if profile == "18" else {})}
        self.wire = dapwire.Task(self.id, self.configuration() if profile == "18" else b"")
        self.secrets = {"task_id": b64u(self.id), "verify_key": b64u(self.verify_key)}
        self.of_leader = {**self.secrets, "leader_token": "a-token-of-sixteen"}
        self.sent = []

    def configuration(self):
        v2, text = dapwire.v2, lambda k: self.both[k].encode()
        return (b"\6a test" + v2(text("leader_url")) + v2(text("helper_url")) + struct.pack(">QQB", PRECISION, 2, 1) + v2(b"") +
                struct.pack(">I", self.p.vdaf.algorithm) + v2(b"") + v2(b""))

    def on(self, role, **more):
        return {"task": {**self.both, "role": role}, "now": NOW, **more}

    def time(self, when=NOW):
        when = when // PRECISION * PRECISION
        return when if self.p.name == "09" else when // PRECISION

    def report(self, bit, when=NOW, **more):
        return dapwire.Report.make(self.p, self.wire, self.configs, self.time(when), bit, **more)

    def key(self, which):
        """The answer to hpke_key of a node that has one key."""
        raw = self.keys[which].private_bytes(ser.Encoding.Raw, ser.PrivateFormat.Raw, ser.NoEncryption())

        def answer(args):
            if args["config_id"] != which + 1:
                return None
            return {"config": b64(self.configs[which].bytes())}, {"key": b64(raw)}
        return answer

    def prepare(self, runner, request, seen=None):
        return runner.run("dap.prepare", self.on("helper", job={"job_no": 3, "job_id": b64u(bytes(16))}), self.secrets, {
            "hpke_key": self.key(1), "agg_seen": lambda a: {"replayed": [], "closed": [], "dropped": [], **(seen(a) if seen else {})}},
            {"request": request})

    def aggregate(self, runner, reports, **job):
        rows = [{"id": b64u(r.id), "time": 0, "bytes": b64(r.bytes(self.p))} for r in sorted(reports, key=lambda r: r.id)]
        return self.lead(runner, rows, **job)

    def lead(self, runner, rows, files=None, **job):
        """dap.aggregate of these rows, in two pages."""
        bucket, half = (NOW // PRECISION * PRECISION).to_bytes(8, "big"), len(rows) // 2
        return runner.run("dap.aggregate", self.on("leader", job={"job_no": 4, "job_id": b64u(bytes(range(16))), "bucket": b64(bucket), "state": "new", **job}), self.of_leader, {
            "hpke_key": self.key(0), "agg_sent": lambda a: self.sent.append(a["sha256"]) or {},
            "agg_reports": lambda a: {"reports": rows[half:]} if "after" in a else {"reports": rows[:half], "after": "half"}}, files)


def write(outcome, op):
    found = [w for w in outcome["result"]["writes"] if w["op"] == op]
    return found[0] if len(found) == 1 else None


def words(outcome):
    return {o["id"]: o["word"] for o in write(outcome, "agg_commit")["outcomes"]}


def total(outcome):
    parts = write(outcome, "agg_commit")["parts"]
    return sum(dapwire.decode64(unb64(p["seal_share"]))[0] for p in parts), sum(p["count"] for p in parts)
