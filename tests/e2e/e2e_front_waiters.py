#!/usr/bin/python3
"""Thousands of requests that wait: what they hold, what their second looks cost, and that all are told.

DR_WAITERS says how many (2,000); beyond 8,000 raise the limit of open files first."""
import contextlib
import os
import re
import resource
import selectors
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap

t = Tap()
WAITERS = int(os.environ.get("DR_WAITERS", "2000"))
JOBS = 50
WATCH_S = 6     # longer than the time after which a waiter looks by itself


def children(pid):
    return [int(p) for p in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()]


def tree(pid):
    return [pid] + [p for c in children(pid) for p in tree(c)]


def private_kib(pids):
    """Memory of their own, without what they share."""
    total = 0
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("Private"))
    return total


def cpu_s(pids):
    """Processor time of each that is there: processes of PostgreSQL come and go."""
    out = {}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open("/proc/%d/schedstat" % pid) as f:
            out[pid] = int(f.read().split()[0]) / 1e9
    return out


def park_all(n, token, comps):
    """WAITERS connections, each with one request that waits."""
    out = []
    for i in range(WAITERS):
        s = socket.create_connection(("127.0.0.1", n.port))
        s.sendall(("GET /api/v1/privacy/results/%s?wait=60 HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n"
                   % (comps[i % len(comps)], n.host, token)).encode())
        s.setblocking(False)
        out.append(s)
    return out


def collect(socks, seconds):
    """-> how many answered with a final state within so many seconds, and how many with something else"""
    sel, got, end = selectors.DefaultSelector(), {s: b"" for s in socks}, time.monotonic() + seconds
    good = bad = 0
    for s in socks:
        sel.register(s, selectors.EVENT_READ)
    while good + bad < len(socks) and time.monotonic() < end:
        for key, _ in sel.select(1):
            s = key.fileobj
            got[s] += s.recv(65536)
            head, _, body = got[s].partition(b"\r\n\r\n")
            length = re.search(rb"Content-Length: (\d+)", head)
            if length and len(body) >= int(length.group(1)):
                sel.unregister(s)
                good += b'"failed"' in body
                bad += b'"failed"' not in body
    return good, bad


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with Node("waiters", parts=("pg", "fcgi", "nginx"), nginx={"conn_address": "60000", "burst_address": "60000"}) as n:
        n.psql("UPDATE core.setting SET value = '1000000' WHERE name ~ '^rate_'")
        n.psql("INSERT INTO core.image (name, digest) VALUES ('minimal', 'sha256:%s')" % ("0" * 64))
        n.psql("UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
        _, consumer, lease = n.pair(kind="file")
        token = consumer.must("POST", "/api/v1/tokens", {"name": "wait", "scopes": ["job:read"], "expires_in_s": 3600})["token"]
        comps = [consumer.submit(lease, "print(%d)" % i, {"x": "data_456"}) for i in range(JOBS)]
        fronts = children(n.pid("fcgi"))
        before = private_kib(fronts)
        socks = park_all(n, token, comps)
        n.parked(WAITERS, 60)
        each = (private_kib(fronts) - before) * 1024 / WAITERS
        t.ok(each <= 8192, "%d waiters hold at most 8 KiB each" % WAITERS)
        t.diag("%.0f bytes each" % each)

        def used():
            return cpu_s(tree(n.pid("pg"))), cpu_s(fronts)

        start, cpu = time.monotonic(), used()
        n.wait(lambda: time.monotonic() - start > WATCH_S, WATCH_S + 5, "the looks of their own")
        took = time.monotonic() - start
        share = [sum(s - before.get(pid, 0) for pid, s in now.items()) / took for now, before in zip(used(), cpu)]
        t.ok(share[0] < 0.6, "looking by themselves they leave the database free")
        t.diag("share of one core: PostgreSQL %.2f, fronts %.2f" % tuple(share))
        t.is_(n.metric("darkroom_fcgi_parked"), WAITERS, "all still wait")

        start = time.monotonic()
        for c in comps:
            consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % c, {})
        ended = time.monotonic()
        good, bad = collect(socks, 50)
        t.is_((good, bad), (WAITERS, 0), "each is told of its end")
        t.diag("all told %.2f s after the first of %d ended, %.2f s after the last" % (time.monotonic() - start, JOBS, time.monotonic() - ended))
        n.parked(0)
        for s in socks:
            s.close()
    t.done()


main()
