"""Waiting and unchanged reads: 1,000 parked requests, and 304 answers at a steady 500 a second.

The clients are one loop over non-blocking sockets, on the cores of the node; a latency of the steady reads counts
from the moment at which the read was due, so a stall of the node is not hidden by asking later.
"""
import collections
import re
import selectors
import socket
import time

from bench import Node, about, children, emit, lift_limits, quantile, within

WAITERS, JOBS = 1000, 50
RATE, SECONDS, CONNECTIONS = 500, within(10), 16
RESULTS = "/api/v1/privacy/results/"


def private_mib(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("Private"))
    return total / 1024


def request(n, token, target, **more):
    lines = ["GET %s HTTP/1.1" % target, "Host: " + n.host, "Authorization: Bearer " + token] + ["%s: %s" % kv for kv in more.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


class Reader:
    """One connection; .feed() -> (status, body) once an answer is whole."""

    def __init__(self, n):
        self.sock, self.got = socket.create_connection(("127.0.0.1", n.port)), b""
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def feed(self):
        self.got += self.sock.recv(65536)
        head, mark, body = self.got.partition(b"\r\n\r\n")
        if not mark:
            return None
        length = re.search(rb"Content-Length: (\d+)", head)
        if length and len(body) < int(length.group(1)):
            return None
        self.got = b""
        return int(head.split(b" ", 2)[1]), body


def parked(n):
    text = n.client("operator").call("GET", "/metrics")[2]
    return sum(float(v) for v in re.findall(r"^darkroom_fcgi_parked(?:\{[^}]*\})? (\S+)$", text, re.M))


def waiters(n, consumer, lease, token):
    """Seconds from the moment before a cancel is sent to each of the answers that it sets free."""
    jobs = [consumer.submit(lease, "print(1)", {"features": "data_456"}) for _ in range(JOBS)]
    pids, sel = children(n.pid("fcgi")), selectors.DefaultSelector()
    before = private_mib(pids)
    for i in range(WAITERS):
        r = Reader(n)
        r.sock.sendall(request(n, token, RESULTS + jobs[i % JOBS] + "?wait=60"))
        sel.register(r.sock, selectors.EVENT_READ, (r, jobs[i % JOBS]))
    n.wait(lambda: parked(n) == WAITERS, 30, "everybody parked")
    emit("waiters", "front, %d requests parked: memory of its own" % WAITERS, private_mib(pids), "MiB", target="<= 32", n=WAITERS)
    emit("waiters", "the same for one of them", (private_mib(pids) - before) * 1024 / WAITERS, "KiB", n=WAITERS)
    free = []
    for _ in range(100):        # others are answered meanwhile
        t = time.monotonic()
        consumer.must("GET", "/api/v1/privacy/computations?limit=1")
        free.append((time.monotonic() - t) * 1e3)
    emit("waiters", "another request meanwhile, p99", quantile(free, 0.99), "ms", n=len(free))
    emit("waiters", "front processes that serve them", len(children(n.pid("fcgi"))), "processes", target="<= 2", n=WAITERS)
    told, cut = [], {}
    for job in jobs:
        cut[job] = time.monotonic()
        consumer.must("POST", RESULTS + job + "/cancel")
        while sum(1 for j, _ in told if j == job) < WAITERS // JOBS:
            for key, _ in sel.select(10):
                reader, of = key.data
                answer = reader.feed()
                if answer:
                    assert answer[0] == 200 and b"cancelled" in answer[1], answer
                    told.append((of, time.monotonic()))
                    sel.unregister(reader.sock)
                    reader.sock.close()
    return [(at - cut[job]) * 1e3 for job, at in told]


def unchanged(n, consumer, job, token):
    """Milliseconds of reads that are due RATE times a second and answered 304."""
    _, headers, _ = consumer.call("GET", RESULTS + job)
    asked = request(n, token, RESULTS + job, **{"If-None-Match": headers["etag"]})
    sel, idle, due, out = selectors.DefaultSelector(), collections.deque(), {}, []
    for _ in range(CONNECTIONS):
        r = Reader(n)
        sel.register(r.sock, selectors.EVENT_READ, r)
        idle.append(r)
    begin, sent = time.monotonic(), 0
    while len(out) < RATE * SECONDS:
        now = time.monotonic()
        while idle and sent < RATE * SECONDS and begin + sent / RATE <= now:
            r = idle.popleft()
            due[r], sent = begin + sent / RATE, sent + 1
            r.sock.sendall(asked)
        left = begin + sent / RATE - time.monotonic() if sent < RATE * SECONDS else 1
        for key, _ in sel.select(max(0, left) if idle else 1):
            answer = key.data.feed()
            if answer:
                assert answer[0] == 304, answer
                out.append((time.monotonic() - due[key.data]) * 1e3)
                idle.append(key.data)
    return out


def run():
    about("Waiters and unchanged reads", "%d requests parked on %d computations; each computation is cancelled and its waiters timed. Then reads with If-None-Match, due "
          "%d times a second for %d s." % (WAITERS, JOBS, RATE, SECONDS), node="two front processes, PostgreSQL, nginx; no worker; fsync on")
    with Node("bench-waiters", parts=("pg", "fcgi", "nginx"), fsync=True) as n:
        lift_limits(n)
        n.psql("INSERT INTO core.image (name, digest, loaders) VALUES ('minimal', 'sha256:%s', '{csv}'); "
               "UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'" % ("0" * 64))
        _, consumer, lease = n.pair()
        token = consumer.must("POST", "/api/v1/tokens", {"name": "bench", "scopes": ["job:read"], "expires_in_s": 3600})["token"]
        ms = waiters(n, consumer, lease, token)
        emit("waiters", "change -> answer, p50", quantile(ms, 0.5), "ms", n=len(ms))
        emit("waiters", "change -> answer, p99", quantile(ms, 0.99), "ms", target="<= 100", n=len(ms))
        job = consumer.submit(lease, "print(1)", {"features": "data_456"})
        consumer.must("POST", RESULTS + job + "/cancel")
        ms = unchanged(n, consumer, job, token)
        emit("waiters", "unchanged result (304) at 500/s, p50", quantile(ms, 0.5), "ms", n=len(ms))
        emit("waiters", "unchanged result (304) at 500/s, p99", quantile(ms, 0.99), "ms", target="<= 5", n=len(ms))
