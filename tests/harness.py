"""A private Darkroom node for tests, `make run` and the benches: real PostgreSQL,
nginx, daemons and containers in one folder, on sockets of that folder.

    from harness import Node, Tap
    t = Tap()
    with Node("lease") as n:                       # starts pg, migrate, fcgi, nginx, workerd
        op = n.client("operator")                  # the first operator, signing with its key
        alice = n.principal("alice", ["owner"])    # a new principal; a Client
        status, headers, body = alice.call("GET", "/api/v1/assets")
        t.is_(status, 200, "an owner lists assets")
        n.psql("SELECT count(*) FROM core.job")    # -> "0" (superuser)
        n.kill("workerd", signal.SIGKILL); n.start("workerd")
    t.done()

Node(name, parts=PARTS, images=("minimal",), conf={}, workers=1, root=None, nginx={}, fsync=False)
  .dir .url .pg_socket .dsn(role="postgres") .psql(sql, role="postgres") .rows(sql) -> list of tuples of str
  .start(part) .stop_part(part, sig=TERM, timeout=30) .kill(part, sig) .pid(part) .log(part) -> text
  parts: "pg", "fcgi", "nginx", "workerd" ("workerd2", … further ones); .wait(fn, timeout, what)
  .client(name) .principal(name, roles) -> Client(.peer_id .principal_id .key_file .call .upload .submit .wait)
  until(fn, timeout, what), also as .wait: nothing waits by sleeping for a fixed time; it polls a condition with a deadline.
"""
import base64
import contextlib
import glob
import hashlib
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import template  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("DR_BUILD", os.path.join(TOP, "build"))
PGBIN = os.environ.get("DR_PGBIN", "/usr/lib/postgresql/15/bin")
PARTS = ("pg", "fcgi", "nginx", "workerd")
# PostgreSQL and nginx refuse or mind root: as root they run mapped to another
# uid of a user namespace, which keeps file access and drops every capability.
# www-data, as initdb wants a user with a name and every Debian has that one.
UNPRIV = ["unshare", "--user", "--map-user=www-data", "--map-group=www-data"] if os.geteuid() == 0 else []


def told_to_end(_, frame):
    """A test that is told to end says where it was, and takes its node down on the way out."""
    for line in "".join(traceback.format_stack(frame)).splitlines():
        print("# " + line, flush=True)
    sys.exit(143)


signal.signal(signal.SIGTERM, told_to_end)


class Tap:
    """TAP producer; also the process's exit status.  prefix: said before every name, such as the check it proves."""

    def __init__(self, prefix=""):
        self.n = self.failed = 0
        self.prefix = prefix

    def ok(self, cond, what):
        self.n += 1
        self.failed += not cond
        print("%s %d - %s" % ("ok" if cond else "not ok", self.n, (self.prefix + what).replace("#", "")), flush=True)
        return bool(cond)

    def is_(self, got, want, what):
        if not self.ok(got == want, what):
            self.diag("got:  %r\nwant: %r" % (got, want))
        return got == want

    def like(self, text, pattern, what):
        if not self.ok(re.search(pattern, str(text)), what):
            self.diag("text: %.300r\npattern: %r" % (text, pattern))

    def skip(self, what, why):
        self.n += 1
        print("ok %d - %s # SKIP %s" % (self.n, what, why), flush=True)

    def diag(self, text):
        for line in str(text).splitlines():
            print("# " + line, flush=True)

    @contextlib.contextmanager
    def case(self, what):
        """An exception inside is one failed test, not the end of the file."""
        try:
            yield
        except Exception:
            self.ok(False, what)
            self.diag(traceback.format_exc())

    def done(self):
        print("1..%d" % self.n, flush=True)
        sys.exit(1 if self.failed or not self.n else 0)


def need_root():
    if os.geteuid() != 0:
        print("1..0 # SKIP needs root: containers and cgroups")
        sys.exit(0)


def cache_dir():
    base = os.environ.get("DR_CACHE")
    if not base:
        base = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "darkroom")
    return base


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(fn, timeout=30, what="condition", every=0.02):
    """Asks fn until it says something true, which is returned; TimeoutError after so many seconds.  The one way to wait
    for what happens elsewhere.  What takes longer is asked for less often, down to ten times a second: a question by psql
    is 20 ms of processor, which the awaited has to share."""
    began = time.monotonic()
    while True:
        v = fn()
        if v:
            return v
        waited = time.monotonic() - began
        if waited > timeout:
            raise TimeoutError("%s: not within %g s" % (what, timeout))
        time.sleep(max(every, min(waited / 5, 0.1)))    # pause: between two questions


class Key:
    """An Ed25519 key of a test principal, by python3-cryptography: a peer of our own code."""

    def __init__(self, seed=None):
        from cryptography.hazmat.primitives import serialization as ser
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        self.key = Ed25519PrivateKey.from_private_bytes(seed) if seed else Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes(ser.Encoding.Raw, ser.PublicFormat.Raw)
        self.pem = self.key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption())
        self.peer_id = b58(b"\x00\x24\x08\x01\x12\x20" + self.public)

    def sign(self, data):
        return base64.b64encode(self.key.sign(data)).decode()


def b58(data):
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    n, out = int.from_bytes(data, "big"), ""
    while n:
        n, r = divmod(n, 58)
        out = alphabet[r] + out
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + out


def unb58(text):
    n = 0
    for c in text:
        n = n * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(c)
    return b"\0" * (len(text) - len(text.lstrip("1"))) + n.to_bytes((n.bit_length() + 7) // 8, "big")


class Client:
    """Signs every request by compute.md 2.1, or sends a bearer token."""

    def __init__(self, node, name, key=None, token=None, principal_id=None):
        self.node, self.name, self.key, self.token, self.principal_id = node, name, key, token, principal_id
        self.peer_id = key.peer_id if key else None

    @property
    def key_file(self):
        path = os.path.join(self.node.dir, "keys", self.name + ".pem")
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
                f.write(self.key.pem)
        return path

    def headers(self, method, target, body_sha256, idem=None, spender=None, ts=None, nonce=None, host=None):
        if self.token:
            h = {"Authorization": "Bearer " + self.token}
        elif self.key:
            ts = str(int(time.time())) if ts is None else str(ts)
            nonce = nonce or secrets.token_urlsafe(16)
            text = "\n".join(["darkroom-auth-2", method, host or self.node.host, target, body_sha256, ts, nonce,
                              (spender or "").lower(), idem or ""]) + "\n"
            h = {"X-Pandacea-Peer-ID": self.peer_id, "X-Pandacea-Signature": self.key.sign(text.encode()),
                 "X-Darkroom-Timestamp": ts, "X-Darkroom-Nonce": nonce, "X-Darkroom-Content-SHA256": body_sha256}
        else:
            h = {}
        if idem:
            h["Idempotency-Key"] = idem
        if spender:
            h["X-Pandacea-Spender-Address"] = spender
        return h

    def call(self, method, target, body=None, headers=None, idem=None, spender=None, timeout=90, raw=False, **sign):
        """-> (status, headers as dict with lower-case names, JSON or text or bytes)."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body, separators=(",", ":")).encode()
        elif isinstance(body, str):
            body = body.encode()
        h = self.headers(method, target, hashlib.sha256(body or b"").hexdigest(), idem, spender, **sign)
        h.update(headers or {})
        h = {k: v for k, v in h.items() if v is not None}
        c = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=timeout)
        try:
            c.request(method, target, body=body, headers={"Host": self.node.host, **h})
            r = c.getresponse()
            data = r.read()
        finally:
            c.close()
        rh = {k.lower(): v for k, v in r.getheaders()}
        if not raw:
            with contextlib.suppress(ValueError, UnicodeDecodeError):
                data = json.loads(data) if "json" in rh.get("content-type", "") else data.decode()
        return r.status, rh, data

    # The everyday calls; each asserts success so that a test reads as its story.
    def must(self, method, target, body=None, **kw):
        s, h, b = self.call(method, target, body, **kw)
        if not 200 <= s < 300:
            raise AssertionError("%s %s: %d %r" % (method, target, s, b))
        return b

    def asset(self, asset_id, data, kind="csv", **query):
        q = urllib.parse.urlencode({"kind": kind, **query})
        return self.must("PUT", "/api/v1/assets/%s?%s" % (asset_id, q), data)

    def grant(self, consumer, assets, **more):
        body = {"consumer": consumer.principal_id, "assets": assets,
                "expires_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400)), **more}
        return self.must("POST", "/api/v1/leases/grant", body)["lease_id"]

    def submit(self, lease_id, code, inputs, idem=None, **more):
        body = {"lease_id": lease_id, "code": code, **more,
                "inputs": [{"asset_id": a, "variable_name": v} for v, a in inputs.items()]}
        return self.must("POST", "/api/v1/privacy/execute", body, idem=idem)["computation_id"]

    def result(self, comp, wait=None, query=""):
        t = "/api/v1/privacy/results/%s" % comp
        if wait:
            query = "wait=%d%s" % (wait, "&" + query if query else "")
        return self.must("GET", t + ("?" + query if query else ""))

    def wait(self, comp, timeout=60):
        """The final record of a computation; raises when it is still pending after timeout.  Asks again when the node has no
        room, as every client must: a process of the front may find the database later than the one beside it."""
        end = time.monotonic() + timeout

        def final():
            t = "/api/v1/privacy/results/%s?wait=%d" % (comp, max(1, min(30, int(end - time.monotonic()))))
            status, _, r = self.call("GET", t)
            if status not in (200, 503):
                raise AssertionError("GET %s: %d %r" % (t, status, r))
            return r if status == 200 and r["status"] != "pending" else None
        return until(final, timeout, comp + " final", 0.1)

    def run(self, lease_id, code, inputs, timeout=60, **more):
        return self.wait(self.submit(lease_id, code, inputs, **more), timeout)


class PsqlSession:
    """One open psql: statements at a rate that a process each could not reach."""

    def __init__(self, argv):
        self.p = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    def send(self, sql):
        self.p.stdin.write(sql + "\n")
        self.p.stdin.flush()

    def close(self):
        self.p.stdin.close()
        self.p.wait(60)


class Node:
    def __init__(self, name, parts=PARTS, images=("minimal",), conf=None, workers=1, root=None, nginx=None,
                 fsync=False, keep=False, port=None, shared_buffers="128MB"):
        self.name, self.parts, self.images, self.workers = name, parts, images, workers
        base = root or os.path.join(BUILD, "node", "%s-%d" % (re.sub(r"\W", "-", name), os.getpid()))
        self.dir, self.keep, self.fsync = os.path.abspath(base), keep, fsync
        if len(self.dir) > 80:
            raise SystemExit("%s: longer than the 80 characters that a unix socket path leaves; "
                             "use a checkout nearer to /" % self.dir)
        self.port = port or free_port()
        self.host = "127.0.0.1:%d" % self.port
        self.url = "http://" + self.host
        self.pg_socket = os.path.join(self.dir, "sock")
        self.conf, self.nginx_vars, self.procs, self.clients = dict(conf or {}), dict(nginx or {}), {}, {}
        self.shared_buffers = shared_buffers
        self.copied = root is None      # a database of a test is a copy of one that was migrated before; others last

    # ---- files -------------------------------------------------------------
    def path(self, *p):
        return os.path.join(self.dir, *p)

    def dsn(self, role="postgres"):
        return "host=%s dbname=darkroom user=%s" % (self.pg_socket, role)

    def log(self, part):
        try:
            with open(self.path("log", part + ".log"), errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def write_conf(self):
        rows = {"database": self.dsn(), "blob_dir": self.path("blobs"), "spool_dir": self.path("spool"),
                "segment_dir": self.path("segments"),
                "cache_dir": self.path("cache"), "image_dir": os.path.join(cache_dir(), "images"),
                "libexec_dir": BUILD, "zygote_dir": os.path.join(TOP, "worker/sandbox/zygote"), "instance": self.instance(),
                "server_names": "%s,127.0.0.1,localhost,node.example" % self.host,
                "listen": ",".join("unix:" + self.path("sock", "fcgi-%d.sock" % i) for i in range(1)),
                "node_key_file": self.path("keys", "node.key"), "node_key_other_file": self.path("keys", "node-other.key"),
                "result_public_file": self.path("keys", "result.pub"),
                "node_public_file": self.path("keys", "node.pub"), "result_key_file": self.path("keys", "result.key"),
                "processes": 2, "pool_size": 2, "pool_min": 1, "grace_ms": 5000, "images": ",".join(self.images) or ",",
                "agg": "size=2 cpu_weight=0 memory_mb=256 wall_s=300", "agg_peer": "size=1 cpu_weight=0 memory_mb=256 wall_s=900"}
        rows.update(self.conf)
        for part, role in (("fcgi", "darkroom_fcgi"), ("workerd", "darkroom_worker"), ("migrate", "postgres")):
            with open(self.path("conf", part + ".conf"), "w") as f:
                for k, v in {**rows, "database": self.dsn(role)}.items():
                    f.write("%s = %s\n" % (k, v))

    def instance(self):
        return hashlib.sha256(self.dir.encode()).hexdigest()[:8]

    # ---- processes ---------------------------------------------------------
    def spawn(self, part, argv, unpriv=False, stdin=subprocess.DEVNULL):
        out = open(self.path("log", part + ".log"), "ab")
        p = subprocess.Popen((UNPRIV if unpriv else []) + argv, stdin=stdin, stdout=out, stderr=out,
                             cwd=self.dir, start_new_session=True,
                             env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **self.env()})
        out.close()
        self.procs[part] = p
        return p

    def env(self):
        return {k: os.environ[k] for k in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "HOME") if k in os.environ}

    def pid(self, part):
        return self.procs[part].pid

    def kill(self, part, sig=signal.SIGKILL):
        p = self.procs[part]
        p.send_signal(sig)
        if sig == signal.SIGKILL:
            p.wait(30)

    def stop_part(self, part, sig=signal.SIGTERM, timeout=30):
        p = self.procs.pop(part, None)
        if p is None or p.poll() is not None:
            return p.returncode if p else None
        p.send_signal(sig)
        try:
            return p.wait(timeout)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
            return "killed"

    wait = staticmethod(until)

    def start(self, part):
        kind = part.rstrip("0123456789")
        getattr(self, "start_" + kind)(part)

    def start_pg(self, part="pg"):
        data = self.path("pg")
        if not os.path.exists(os.path.join(data, "PG_VERSION")):
            if self.copied:
                template.copy(os.path.join(BUILD, "template"), [os.path.join(TOP, "sql"), os.path.join(BUILD, "darkroom-migrate"),
                                                                                            os.path.join(PGBIN, "initdb"), __file__],
                              data, self.make_template)
            else:
                self.initdb(data)
            with open(os.path.join(data, "postgresql.conf"), "a") as f:     # of two lines for one setting the last counts
                f.write("listen_addresses = ''\nunix_socket_directories = '%s'\nunix_socket_permissions = 0700\n"
                        "shared_buffers = %s\nmax_connections = 100\njit = off\nmax_wal_size = 4GB\nautovacuum_naptime = 5s\n"
                        "fsync = %s\nlog_min_messages = warning\nlog_line_prefix = '%%m [%%p] %%u '\n"
                        % (self.pg_socket, self.shared_buffers, "on" if self.fsync else "off"))
        self.spawn(part, [os.path.join(PGBIN, "postgres"), "-D", data], unpriv=True)
        self.wait(lambda: self.pg_up(), 60, "PostgreSQL up")

    def initdb(self, data):
        self.run_tool(UNPRIV + [os.path.join(PGBIN, "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                                "--locale=C.UTF-8", "--no-sync", "--no-instructions"])

    @staticmethod
    def make_template(folder):
        n = Node("template", parts=("pg",), root=folder, keep=True)
        try:
            n.up()
        finally:
            n.down()

    def pg_up(self):
        if self.procs["pg"].poll() is not None:
            raise RuntimeError("PostgreSQL ended:\n" + self.log("pg")[-2000:])
        return subprocess.run([os.path.join(PGBIN, "pg_isready"), "-q", "-h", self.pg_socket]).returncode == 0

    def migrate(self):
        if self.copied:
            return
        if self.psql("SELECT 1 FROM pg_database WHERE datname = 'darkroom'", db="postgres") == "":
            self.psql("CREATE DATABASE darkroom", db="postgres")
        self.run_tool([os.path.join(BUILD, "darkroom-migrate"), "-c", self.path("conf", "migrate.conf"),
                       "--sql-dir=" + os.path.join(TOP, "sql"), "up"])
        self.psql("ALTER ROLE darkroom_fcgi LOGIN; ALTER ROLE darkroom_worker LOGIN; "
                  "ALTER ROLE darkroom_operator LOGIN; ALTER ROLE darkroom_auditor LOGIN; "
                  # a pool that fills itself would be a job that no test has asked for
                  "UPDATE core.setting SET value = '0' WHERE name = 'prime_pool_size'")

    def start_fcgi(self, part):
        self.spawn(part, [os.path.join(BUILD, "darkroom-fcgi"), "-c", self.path("conf", "fcgi.conf")], unpriv=True)

    def start_workerd(self, part):
        argv = [os.path.join(BUILD, "darkroom-workerd"), "-c", self.path("conf", "workerd.conf")]
        if part != "workerd":       # a second host: its own spool and instance
            argv += ["--spool-dir=" + self.path("spool-" + part), "--instance=%s-%s" % (self.instance(), part[7:])]
            os.makedirs(self.path("spool-" + part), exist_ok=True)
        self.spawn(part, argv)

    def start_nginx(self, part):
        render = os.path.join(TOP, "nginx", "render.sh")
        v = {"prefix": self.path("nginx"), "listen": "127.0.0.1:%d" % self.port, "fcgi": "unix:" + self.path("sock", "fcgi-0.sock"),
             "blob_dir": self.path("blobs"), "spool_dir": self.path("spool", "upload"), "rate_address": "100000", "rate_dap": "100000",
             **self.nginx_vars}
        conf = self.path("nginx", "nginx.conf")
        self.run_tool([render, conf] + ["%s=%s" % kv for kv in v.items()])
        self.spawn(part, ["/usr/sbin/nginx", "-p", self.path("nginx"), "-c", conf, "-g", "daemon off;"], unpriv=True)

    def http_up(self):
        for part in ("fcgi", "nginx"):
            if self.procs[part].poll() is not None:
                raise RuntimeError("%s ended:\n%s" % (part, self.log(part)[-3000:]))
        with contextlib.suppress(OSError, http.client.HTTPException):
            return Client(self, "anonymous").call("GET", "/healthz", timeout=2)[0] == 200

    def pool_ready(self):
        if self.procs["workerd"].poll() is not None:
            raise RuntimeError("workerd ended:\n" + self.log("workerd")[-3000:])
        warm = " AND (pool->>'ready')::int > 0" if self.images else ""
        return self.psql("SELECT count(*) FROM core.worker WHERE state = 'live'" + warm) != "0"

    @staticmethod
    def run_tool(argv, **kw):
        p = subprocess.run(argv, capture_output=True, text=True, **kw)
        if p.returncode:
            raise RuntimeError("%s: exit %d\n%s%s" % (argv[-1] if argv[0] == "unshare" else argv[0], p.returncode,
                                                      p.stdout[-2000:], p.stderr[-4000:]))
        return p.stdout

    # ---- life --------------------------------------------------------------
    def up(self):
        for d in ("sock", "log", "conf", "blobs", "blobs/tmp", "spool", "spool/upload", "cache", "nginx", "nginx/tmp"):
            os.makedirs(self.path(d), exist_ok=True)
        os.chmod(self.dir, 0o755)
        self.run_tool([os.path.join(BUILD, "darkroom-keys"), "init", self.path("keys")])
        self.write_conf()
        if "pg" in self.parts:
            self.start("pg")
            self.migrate()
        if "workerd" in self.parts:
            self.allow_images()
        for i in range(self.workers if "workerd" in self.parts else 0):
            self.start("workerd" if i == 0 else "workerd%d" % (i + 1))
        for part in ("fcgi", "nginx"):
            if part in self.parts:
                self.start(part)
        if "nginx" in self.parts:
            self.wait(self.http_up, 30, "HTTP up")
            # signed reads stamped (in whole seconds) before nonces were known are refused
            self.wait(lambda: self.psql("SELECT floor(extract(epoch FROM core.nonce_read_since())) < floor(extract(epoch FROM clock_timestamp()))") == "t",
                      5, "the second after nonces of reads are known")
        if "workerd" in self.parts:
            self.wait(self.pool_ready, 60, "a warm container")
        return self

    def allow_images(self):
        tool = os.path.join(TOP, "image", "darkroom-image")
        for name in self.images:
            self.run_tool([tool, "build", name])
            with open(os.path.join(self.run_tool([tool, "path", name]).strip(), "image.json")) as f:
                i = json.load(f)
            arr = lambda xs: "{%s}" % ",".join(xs)
            self.psql("INSERT INTO core.image (name, digest, preload, loaders) VALUES ('%s', '%s', '%s', '%s') "
                      "ON CONFLICT DO NOTHING" % (name, i["digest"], arr(i["preload"]), arr(i["loaders"])))
        if self.images:
            self.psql("UPDATE core.setting SET value = '\"%s\"' WHERE name = 'default_image'" % self.images[0])

    def down(self):
        order = [p for p in self.procs if p.startswith("workerd")] + ["nginx", "fcgi", "pg"]
        for part in order:
            if part in self.procs:
                with contextlib.suppress(Exception):
                    self.procs[part].send_signal(signal.SIGCONT)
                self.stop_part(part, signal.SIGINT if part == "pg" else signal.SIGTERM)
        self.sweep_cgroups()
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    def sweep_cgroups(self):
        """What runners that a test killed left behind; a worker does this itself at its next start."""
        if self.cgroups():
            for part in ["workerd"] + ["workerd%d" % i for i in range(2, self.workers + 1)]:
                instance = self.instance() + ("" if part == "workerd" else "-" + part[7:])
                subprocess.run([os.path.join(BUILD, "darkroom-sandbox"), "-c", self.path("conf", "workerd.conf"), "--instance=" + instance, "--sweep"],
                               capture_output=True, timeout=60)

    def __enter__(self):
        try:
            return self.up()
        except BaseException:
            for part in list(self.procs):
                for line in self.log(part)[-1500:].splitlines():
                    print("# %s: %s" % (part, line))
            self.down()
            raise

    def __exit__(self, kind, exc, tb):
        if kind and os.environ.get("DR_KEEP"):
            print("# kept: " + self.dir)
            self.keep = True
        self.down()

    # ---- database and callers ----------------------------------------------
    def psql(self, sql, role="postgres", db="darkroom"):
        p = subprocess.run([os.path.join(PGBIN, "psql"), "-XqAtv", "ON_ERROR_STOP=1", "-h", self.pg_socket, "-U", role, "-d", db],
                           input=sql, capture_output=True, text=True)
        if p.returncode:
            raise RuntimeError("psql: " + p.stderr.strip())
        return p.stdout.strip()

    def psql_session(self, role="postgres"):
        return PsqlSession([os.path.join(PGBIN, "psql"), "-XqAt", "-h", self.pg_socket, "-U", role, "-d", "darkroom"])

    def log_events(self, part, event):
        """The JSON log lines of one event."""
        out = []
        for line in self.log(part).splitlines():
            with contextlib.suppress(ValueError):
                rec = json.loads(line)
                if isinstance(rec, dict) and rec.get("event") == event:
                    out.append(rec)
        return out

    def metric(self, name):
        """What /metrics says under that name, over all labels."""
        text = Client(self, "anonymous").call("GET", "/metrics")[2]
        return sum(float(v) for v in re.findall(r"^%s(?:\{[^}]*\})? (\S+)$" % name, text, re.M))

    def parked(self, want, timeout=10):
        """Wait until so many requests wait for a job."""
        until(lambda: self.metric("darkroom_fcgi_parked") == want, timeout, "%d parked requests" % want)

    def cgroups(self):
        """Control groups of this node, on any hierarchy."""
        return glob.glob("/sys/fs/cgroup/**/darkroom-%s-*" % self.instance(), recursive=True)

    def of_workers(self, program, below=False):
        """Pids of that program that are children of this node's workers; below: and children of those, and so on."""
        parent = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % pid) as f:
                    comm, rest = f.read().rsplit(")", 1)
            except OSError:
                continue
            if comm.split("(", 1)[1] == program[:15] and rest.split()[0] != "Z":
                parent[int(pid)] = int(rest.split()[1])
        above = {self.pid(p) for p in self.procs if p.startswith("workerd")}
        found = [p for p, up in parent.items() if up in above]
        while below and set(found) != set(above):
            above = set(found)
            found += [p for p, up in parent.items() if up in above and p not in above]
        return found

    def job_processes(self):
        """Processes of scripts: in the control group of a job (…-j<n>) and no longer root of their container,
        which the processes that wait there for a job still are."""
        found = set()
        for g in self.cgroups():
            if re.search(r"-j\d+$", g):
                with contextlib.suppress(OSError), open(os.path.join(g, "cgroup.procs")) as f:
                    found.update(p for p in f.read().split() if os.stat("/proc/" + p).st_uid % 65536 != 0)
        return found

    def rows(self, sql, role="postgres"):
        out = self.psql(sql, role)
        return [tuple(line.split("|")) for line in out.splitlines()]

    def client(self, name):
        """The first operator, made once by SQL."""
        if name not in self.clients:
            key = Key()
            self.psql("SELECT api.operator_bootstrap('%s', '%s', '%s')" % (name, key.peer_id, key.public.hex()))
            pid = self.psql("SELECT public_id FROM core.principal WHERE name = '%s'" % name)
            self.clients[name] = Client(self, name, key, principal_id=pid)
        return self.clients[name]

    def principal(self, name, roles, **more):
        key = Key()
        r = self.client("operator").must("POST", "/api/v1/principals", {
            "name": name, "roles": roles, "keys": [{"peer_id": key.peer_id, "alg": "ed25519", "public_key": key.public.hex()}], **more})
        self.clients[name] = Client(self, name, key, principal_id=r["id"])
        return self.clients[name]

    def pair(self, data=b"a,b\n1,2\n3,4\n", asset="data_456", kind="csv"):
        """An owner with one asset, a consumer with a lease on it -> (owner, consumer, lease_id)."""
        owner, consumer = self.principal("owner", ["owner"]), self.principal("consumer", ["consumer"])
        owner.asset(asset, data, kind)
        return owner, consumer, owner.grant(consumer, [asset])
