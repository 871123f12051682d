"""Who plays in the benches of HTTP: a node with its consumers, the servers beside it, and pgbench as the limit.

Everybody talks to one PostgreSQL over its unix socket, and is asked over loopback TCP with the same requests: same
target, headers and body.  The peers answer directly; Darkroom alone pays for an nginx in front.
"""
import base64
import contextlib
import glob
import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import time

import peers
import wrk
from bench import PGBIN, TOP, Node, free_port, lift_limits

HERE = os.path.dirname(os.path.abspath(__file__))
EXECUTE, RESULTS = "/api/v1/privacy/execute", "/api/v1/privacy/results/"
CONSUMERS = 64
BODY = 600          # bytes of a submit
POOL, PIPES, PYTHON = 16, 4, 8      # connections to the database: of a pool of node-postgres, pipelined, of asyncpg; a process
PLAIN, FASTIFY, POOLED, FULL = "Node http + pg", "fastify + pg", "fastify + pg, without pipelining", "fastify + pg, same duties"
FASTAPI, ALONE = "FastAPI + asyncpg", "nginx alone"

SETTINGS = {
    "PostgreSQL": "synchronous_commit and fsync on, shared_buffers 1 GB, max_wal_size 8 GB, jit off; one server for all, over its unix socket; "
                  "a checkpoint before each turn",
    "load": "wrk, two threads on the same two cores, keep-alive, requests made beforehand; every 2xx to a submit is looked for as a row afterwards",
    "darkroom": "nginx (as installed, its JSON access log on) in front of darkroom-fcgi with 2 processes and its log on; every rule on: token or "
                "signature, scopes, rates (lifted, still counted), lease, assets, quotas, idempotency key, event",
    PLAIN: "Node 22, cluster of 2, answers directly without nginx and without a log; no caller, no checks: one INSERT or one SELECT; prepared "
           "statements, %d connections a process with node-postgres' pipelining, the fastest of the widths 1, 2, 4, 8" % PIPES,
    FASTIFY: "fastify 5, cluster of 2, logger off, compiled schemas for bodies and answers; otherwise as " + PLAIN,
    POOLED: "the same with pg.Pool of %d connections a process, as most people use it" % POOL,
    FULL: "pipelined, too; checks the bearer token, scopes, lease, assets and idempotency key, and writes as many rows and indexes as a job of "
          "Darkroom's: one SELECT, then one statement; rates, quotas, run counts and limits are left out in its favour",
    FASTAPI: "Debian's FastAPI 0.92 and uvicorn 0.17, 2 workers, uvloop, httptools, no access log; asyncpg with prepared statements and "
             "without a reset between two, %d connections a worker" % PYTHON,
    ALONE: "2 workers, the answer is a constant, no log: what this machine gives to HTTP at all",
    "pgbench": "-M prepared, as many clients as connections, no HTTP at all: the database's share alone; its first seconds, when sessions are new, do not count",
}


@contextlib.contextmanager
def node(name):
    """A node for the front and its peers, with the settings above."""
    with Node(name, parts=("pg",), fsync=True, shared_buffers="1GB") as n:
        n.psql("ALTER SYSTEM SET max_wal_size = '8GB'")
        n.psql("ALTER SYSTEM SET max_connections = 300")
        n.stop_part("pg")
        n.start("pg")
        lift_limits(n)
        n.start("fcgi")
        n.start("nginx")
        n.wait(n.http_up, 30, "HTTP up")
        others = []
        n.others = others
        try:
            yield n
        finally:
            for part in others:
                n.stop_part(part)


class Consumer:
    """A principal with a lease and a token: its submits."""

    def __init__(self, n, client, lease, token):
        self.n, self.client, self.token, self.lease = n, client, token, lease
        body = {"lease_id": lease, "code": "", "inputs": [{"asset_id": "data_456", "variable_name": "features"}]}
        body["code"] = "print(1)  # ".ljust(BODY - len(json.dumps(body, separators=(",", ":"))), "x")
        self.body = json.dumps(body, separators=(",", ":")).encode()

    def bearer(self):
        return {"Authorization": "Bearer " + self.token}

    def submit(self, port):
        return wrk.http("POST", EXECUTE, port, self.bearer(), self.body)

    def read(self, port, name):
        return wrk.http("GET", RESULTS + name, port, self.bearer())


def consumers(n):
    owner = n.principal("owner", ["owner"])
    owner.asset("data_456", b"a,b\n1,2\n3,4\n", "file")
    out = []
    for i in range(CONSUMERS):
        client = n.principal("consumer%02d" % i, ["consumer"])
        lease = owner.grant(client, ["data_456"])
        token = client.must("POST", "/api/v1/tokens", {"name": "bench", "scopes": ["job:submit", "job:read"], "expires_in_s": 86400})["token"]
        out.append(Consumer(n, client, lease, token))
    return out


class Darkroom:
    kind = "ours"

    def __init__(self, n, name, requests, count=None):
        self.n, self.name, self.requests, self.counted = n, name, requests, count
        self.parts = {"nginx": n.pid("nginx"), "front": n.pid("fcgi"), "PostgreSQL": n.pid("pg")}

    def drive(self, connections, seconds, go):
        requests = self.requests(seconds)
        go()
        return wrk.drive(self.n.dir, self.n.port, requests, connections, seconds)

    def count(self):
        return int(self.n.psql(self.counted)) if self.counted else None


class Server:
    """A peer: a program that serves a port of its own."""
    kind = "peer"

    def __init__(self, n, part, name, argv, requests, count=None, env=None, kind=None):
        self.n, self.name, self.port, self.counted = n, name, free_port(), count
        self.kind = kind or self.kind
        self.requests = requests(self.port)
        with open(n.path("log", part + ".log"), "ab") as log:
            n.procs[part] = subprocess.Popen([str(self.port) if a == "PORT" else a for a in argv], stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=log, cwd=n.path("peers") if os.path.exists(n.path("peers")) else n.dir,
                                             env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NODE_ENV": "production", **(env or {})})
        n.others.append(part)
        self.part = part
        n.wait(self.up, 30, name)
        self.parts = {"front": n.pid(part), "PostgreSQL": n.pid("pg")}

    def up(self):
        """It answers the very request of the bench; a server that ended says why."""
        if self.n.procs[self.part].poll() is not None:
            raise RuntimeError("%s ended:\n%s" % (self.name, self.n.log(self.part)[-3000:]))
        head, body = self.requests[0].split(b"\r\n\r\n", 1)
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split(" ")
        with contextlib.suppress(OSError, http.client.HTTPException):
            c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            c.request(method, target, body or None, dict(x.split(": ", 1) for x in lines))
            self.answer = c.getresponse()
            self.answered = self.answer.read()
            if self.answer.status // 100 != 2:
                raise RuntimeError("%s answers %d: %s" % (self.name, self.answer.status, self.answered[:500]))
            return True

    def drive(self, connections, seconds, go):
        go()
        return wrk.drive(self.n.dir, self.port, self.requests, connections, seconds)

    def count(self):
        return int(self.n.psql(self.counted)) if self.counted else None


class PgBench:
    """One transaction a request, without HTTP."""
    kind = "limit"

    def __init__(self, n, name, script, count=None, warm=1):
        self.n, self.name, self.counted, self.warm = n, name, count, warm
        self.path = n.path(re.sub(r"\W+", "-", name) + ".sql")
        with open(self.path, "w") as f:
            f.write(script)
        self.parts = {"PostgreSQL": n.pid("pg")}

    def drive(self, connections, seconds, go):
        """Its sessions are new each time: the first WARM seconds, when each compiles its functions, do not count."""
        log = self.n.path("pgbench-log")
        p = subprocess.Popen([os.path.join(PGBIN, "pgbench"), "-n", "-M", "prepared", "-f", self.path, "-c", str(connections), "-j", "2",
                              "-T", str(int(seconds + self.warm)), "-l", "--log-prefix=" + log, "-h", self.n.pg_socket, "-U", "postgres", "darkroom"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            p.wait(self.warm)
        go()
        since = time.time()
        if p.wait():
            raise RuntimeError("pgbench: " + p.stderr.read()[-1000:])
        done = []
        for path in glob.glob(log + ".*"):
            with open(path) as f:
                done += [(int(s) + int(us) / 1e6, int(took)) for _, _, took, _, s, us in map(str.split, f)]
            os.unlink(path)
        last = max(t for t, _ in done)
        took = sorted(us for t, us in done if t >= since)
        rank = lambda q: took[min(len(took) - 1, int(len(took) * q / 100))] / 1000
        return {"rate": len(took) / (last - since), "done": len(took), "latency": {str(q): rank(q) for q in wrk.QUANTILES}}

    def count(self):
        return int(self.n.psql(self.counted)) if self.counted else None


def fill_peers(n, people):
    """The peers' tables, and in them the consumers, tokens and leases of the node."""
    with open(os.path.join(HERE, "peers", "peers.sql")) as f:
        n.psql(f.read())
    n.psql("INSERT INTO peer.principal SELECT id, enabled FROM core.principal; "
           "INSERT INTO peer.token SELECT sha256, principal, scopes, expires_at FROM core.token; "
           "INSERT INTO peer.asset SELECT id, owner, asset_id, version FROM core.asset; "
           "INSERT INTO peer.lease SELECT serial, lease_id, owner, consumer, state, expires_at FROM core.data_lease; "
           "INSERT INTO peer.lease_asset SELECT serial, asset FROM core.data_lease_asset")


NGINX = """
worker_processes 2; pid %(dir)s/alone.pid; error_log %(dir)s/alone.log error; daemon off;
events { worker_connections 1024; }
http {
	access_log off; default_type application/json; keepalive_requests 1000000000;
	client_body_temp_path %(dir)s/alone-body; proxy_temp_path %(dir)s/alone-proxy; fastcgi_temp_path %(dir)s/alone-fcgi;
	uwsgi_temp_path %(dir)s/alone-uwsgi; scgi_temp_path %(dir)s/alone-scgi;
	server { listen 127.0.0.1:%(port)d; location / { return %(status)d '%(answer)s'; } }
}
"""


def nginx_alone(n, requests, status, answer):
    """nginx answering by itself: the ceiling."""
    conf = n.path("alone.conf")

    class Alone(Server):
        def __init__(self):
            self.port = None
            super().__init__(n, "alone", ALONE, ["/usr/sbin/nginx", "-c", conf], self.ask, kind="limit")
            self.parts.pop("PostgreSQL")

        @staticmethod
        def ask(port):
            with open(conf, "w") as f:
                f.write(NGINX % {"dir": n.dir, "port": port, "status": status, "answer": answer})
            return requests(port)
    return Alone()


def servers(n, requests, bare_count=None, full_count=None):
    """The servers that can be had on this machine, each ready to answer."""
    out, dsn = [], "postgres://postgres@/darkroom?host=" + n.pg_socket
    where = peers.folder(n)
    for part, name, program, count, pipes in (("http", PLAIN, "http.js", bare_count, True), ("fastify", FASTIFY, "fastify.js", bare_count, True),
                                              ("pooled", POOLED, "fastify.js", bare_count, False),
                                              ("full", FULL, "fastify_full.js", full_count, True)) if where else ():
        width = [str(PIPES), "pipeline"] if pipes else [str(POOL)]
        out.append(Server(n, part, name, [peers.NODE, os.path.join(where, program), dsn, "PORT", "2", *width], requests, count))
    have = subprocess.run(["/usr/bin/python3", "-c", "import fastapi, uvicorn, uvloop, httptools, asyncpg"], capture_output=True)
    if have.returncode:
        print("# without FastAPI: %s" % have.stderr.decode().strip().split("\n")[-1], file=sys.stderr)
    else:
        out.append(Server(n, "fastapi", FASTAPI, [
            "/usr/bin/python3", "-m", "uvicorn", "--app-dir", os.path.join(HERE, "peers"), "--host", "127.0.0.1", "--port", "PORT", "--workers", "2",
            "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning", "--no-proxy-headers", "api:app"],
            requests, bare_count, {"PEER_SOCKET": n.pg_socket, "PEER_WIDTH": str(PYTHON), "PYTHONDONTWRITEBYTECODE": "1"}))
    return out


def statement(name):
    """The SQL of one call as the front prepares it: a row of lib/db/stmt.def."""
    with open(os.path.join(TOP, "lib/db/stmt.def")) as f:
        return re.search(r'STMT\(%s,[^"]*"([^"]+)"\)' % name, f.read()).group(1)


def callers(n, people):
    """peer.caller: what pgbench needs to call as the front does, each of its clients for one consumer."""
    n.psql("CREATE TABLE peer.caller (n int PRIMARY KEY, submit jsonb, read jsonb, request jsonb)")
    for i, p in enumerate(people):
        code = json.loads(p.body)["code"].encode()
        auth = {"mode": "token", "sha256": hashlib.sha256(p.token.encode()).hexdigest()}
        request = {"request_id": "bench", "lease_id": p.lease, "inputs": json.loads(p.body)["inputs"],
                   "script": {"sha256": hashlib.sha256(code).hexdigest(), "size": len(code), "data_b64": base64.b64encode(code).decode()}}
        n.psql("INSERT INTO peer.caller VALUES (%d, '%s', '%s', '%s')" % (i, json.dumps({**auth, "write": True, "scope": "job:submit"}),
                                                                         json.dumps({**auth, "write": False, "scope": "job:read"}), json.dumps(request)))


def caller(what):
    """SQL of this column of peer.caller for a client of pgbench (which takes a colon in a string for a variable)."""
    return "(SELECT %s FROM peer.caller c WHERE c.n = :client_id::int %% %d)" % (what, CONSUMERS)
