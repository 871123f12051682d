#!/usr/bin/python3
"""The HTTP front without workers: refusals, waiting, batches that abort, a
database that goes away, commits in doubt, stopping and reloading."""
import concurrent.futures
import hashlib
import http.client
import json
import os
import re
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Client, Node, Tap

t = Tap()
CSV = b"a,b\n1,2\n"
EMPTY = hashlib.sha256(b"").hexdigest()


def children(n):
    return [int(p) for p in os.popen("pgrep -P %d" % n.pid("fcgi")).read().split()]


def computation(n, alice, bob):
    """A queued computation of bob's; nothing runs it."""
    return bob.submit(n.lease, "print(1)", {"x": "data"})


def cancel(bob, comp):
    return bob.call("POST", "/api/v1/privacy/results/%s/cancel" % comp, {})


def in_thread(fn, *a, **kw):
    pool = concurrent.futures.ThreadPoolExecutor(1)
    f = pool.submit(fn, *a, **kw)
    pool.shutdown(wait=False)
    return f


def send(n, who, target):
    """A signed GET whose answer is read later."""
    c = http.client.HTTPConnection("127.0.0.1", n.port, timeout=60)
    c.request("GET", target, headers={"Host": n.host, **who.headers("GET", target, EMPTY)})
    return c


def receive(c):
    r = c.getresponse()
    body = json.loads(r.read())
    c.close()
    return r.status, body


def refusals(n, bob):
    nobody = Client(n, "nobody")
    s, h, b = nobody.call("GET", "/api/v1/nothing")
    t.is_((s, b["error"]["code"]), (404, "INVALID_REQUEST"), "an unknown route")
    t.is_(b["error"]["requestId"], h["x-request-id"], "its body names the request id of the header")
    s, h, b = nobody.call("PUT", "/api/v1/leases")
    t.is_((s, h.get("allow")), (405, "POST, GET, HEAD"), "another method, with Allow")
    t.is_(h.get("x-api-version"), "v1", "the version is told on refusals too")
    t.is_(nobody.call("POST", "/api/v1/leases", "not json")[0], 401, "who calls is asked before what is said")
    s, h, b = bob.call("POST", "/api/v1/leases", "not json", headers={"Content-Type": "application/json"})
    t.is_((s, b["error"]["code"]), (400, "INVALID_REQUEST"), "then the JSON")
    s, h, b = bob.call("POST", "/api/v1/leases", "{}", headers={"Content-Type": "text/plain"})
    t.is_((s, b["error"]["code"]), (415, "UNSUPPORTED_TYPE"), "then its type")
    s, h, b = bob.call("POST", "/api/v1/leases", {"productId": 7}, headers={"Accept": "application/problem+json"})
    t.is_((s, h["content-type"], b["status"]), (400, "application/problem+json", 400), "a problem document when asked for")
    s, h, b = bob.call("POST", "/api/v1/leases", {}, headers={"X-Request-Id": "mine-1"})
    t.is_(h["x-request-id"], "mine-1", "the client's request id is kept")
    n.wait(lambda: '"request_id":"mine-1"' in n.log("fcgi"), 5, "the log line of mine-1")
    s, h, b = bob.call("POST", "/api/v1/leases", b"x" * (5 << 20))
    t.is_((s, b["error"]["code"]), (413, "TOO_LARGE"), "a body over 4 MiB")
    s, h, b = bob.call("GET", "/api/v1/leases", host="other.example", headers={"Host": "other.example"})
    t.is_((s, b["error"]["code"]), (403, "FORBIDDEN"), "another node's name, though signed")
    s, h, b = bob.call("HEAD", "/health", raw=True)
    t.is_((s, b, h["content-length"]), (200, b"", "20"), "HEAD is GET without a body")
    s, h, b = bob.call("POST", "/api/v1/leases", {}, idem="a b")
    t.is_((s, b["error"]["code"]), (400, "VALIDATION_ERROR"), "an idempotency key with a space")


def waiting(n, alice, bob):
    comp = computation(n, alice, bob)
    url = "/api/v1/privacy/results/" + comp
    s, h, b = bob.call("GET", url)
    tag = h["etag"]
    start = time.monotonic()
    s, h, b = bob.call("GET", url + "?wait=1")
    t.ok(s == 200 and b["status"] == "pending" and 0.9 < time.monotonic() - start < 3, "a wait that ends answers the state of then")
    start = time.monotonic()
    s, h, b = bob.call("GET", url, headers={"If-None-Match": tag, "Prefer": "wait=1"}, raw=True)
    t.ok(s == 304 and b == b"" and time.monotonic() - start > 0.9, "unchanged all the time: 304")
    t.is_(bob.call("GET", url + "?wait=61")[0], 400, "61 seconds are refused")
    f = in_thread(bob.call, "GET", url + "?wait=60")
    n.parked(1)
    start = time.monotonic()
    t.is_(cancel(bob, comp)[0], 200, "the job is cancelled meanwhile")
    s, h, b = f.result(60)
    took = time.monotonic() - start
    t.ok(b["status"] == "failed" and took < 2, "the waiter is told by the change, not by a timer (%.0f ms)" % (1000 * took))
    t.is_(bob.call("GET", url + "?wait=60")[2]["status"], "failed", "a final state is answered at once")


def many_waiters(n, alice, bob):
    comp = computation(n, alice, bob)
    fs = [in_thread(bob.call, "GET", "/api/v1/privacy/results/%s?wait=60" % comp) for _ in range(40)]
    n.parked(40)
    cancel(bob, comp)
    start = time.monotonic()
    t.ok(all(f.result(60)[2]["status"] == "failed" for f in fs) and time.monotonic() - start < 4, "forty waiters, all told")
    n.parked(0)


def gone_clients(n, alice, bob):
    comp = computation(n, alice, bob)
    target = "/api/v1/privacy/results/%s?wait=60" % comp
    c = send(n, bob, target)
    n.parked(1)
    c.close()
    n.parked(0)
    t.ok(True, "a client that leaves is no waiter any more")
    cancel(bob, comp)


def aborted_batches(n, op):
    """lane_list raises now: a bug in one call must not hurt those beside it."""
    keep = n.psql("SELECT pg_get_functiondef('api.lane_list(jsonb,jsonb)'::regprocedure)")
    n.psql("CREATE OR REPLACE FUNCTION api.lane_list(p_auth jsonb, p_req jsonb) RETURNS core.answer LANGUAGE plpgsql "
           "SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$BEGIN RAISE EXCEPTION 'no'; END$$")
    # calls pile up behind a locked table, so that they leave in common transactions
    held = n.psql_session()
    try:
        held.send("BEGIN; LOCK TABLE core.principal_key IN ACCESS EXCLUSIVE MODE;")
        n.wait(lambda: n.psql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted "
                              "AND relation = 'core.principal_key'::regclass") == "1", 10, "the lock")
        bad = [send(n, op, "/api/v1/lanes") for _ in range(10)]
        good = [send(n, op, "/api/v1/workers") for _ in range(30)]
        n.wait(lambda: n.psql("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'core.principal_key'::regclass") == "4",
               10, "every connection of the front waiting")
    finally:
        held.send("COMMIT;")
        held.close()
    bad, good = [receive(c) for c in bad], [receive(c) for c in good]
    t.is_({s for s, b in good}, {200}, "calls that shared a transaction with a failing one succeed alone")
    t.is_({(s, b["error"]["code"]) for s, b in bad}, {(500, "INTERNAL_ERROR")}, "the failing ones are failures")
    t.ok(all("no" != b["error"]["message"] for s, b in bad), "that do not tell what PostgreSQL said")
    n.psql(keep)


def commit_in_doubt(n, alice, bob):
    """A commit that waits for a standby has happened; then its connection dies."""
    before = int(n.psql("SELECT count(*) FROM core.computation"))
    n.psql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    n.psql("SELECT pg_reload_conf()")
    f = in_thread(bob.call, "POST", "/api/v1/privacy/execute",
                  {"lease_id": n.lease, "code": "print(2)", "inputs": [{"asset_id": "data", "variable_name": "x"}]})
    try:
        pid = n.wait(lambda: n.psql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'darkroom_fcgi' LIMIT 1"),
                     10, "a commit waiting")
        n.psql("SELECT pg_terminate_backend(%s)" % pid)
    finally:
        n.psql("ALTER SYSTEM RESET synchronous_standby_names")
        n.psql("SELECT pg_reload_conf()")
    s, h, b = f.result(60)
    t.is_(s, 202, "a submit whose commit was in doubt is accepted")
    t.is_(h.get("idempotency-replayed"), "true", "by the name that the front gave it, as its client sent no key: the first commit had happened")
    t.is_(int(n.psql("SELECT count(*) FROM core.computation")) - before, 1, "one computation is there")
    cancel(bob, b["computation_id"])


def full_queue(n, alice, bob):
    comp = computation(n, alice, bob)
    n.psql("UPDATE core.setting SET value = '1' WHERE name = 'queue_max'")
    body = {"lease_id": n.lease, "code": "print(3)", "inputs": [{"asset_id": "data", "variable_name": "x"}]}
    s, h, b = n.wait(lambda: (lambda r: r if r[0] == 503 else cancel(bob, r[2]["computation_id"]) and None)(
        bob.call("POST", "/api/v1/privacy/execute", body)), 10, "a submit refused")
    t.is_(b["error"]["code"], "QUEUE_FULL", "above the node's queue limit submits are shed")
    t.ok(int(h.get("retry-after", 0)) > 0, "with the time to come again")
    t.is_(Client(n, "nobody").call("POST", "/api/v1/privacy/execute", body)[0], 503, "before anybody asks who calls")
    t.is_(bob.call("GET", "/api/v1/privacy/results/" + comp)[0], 200, "results can still be read")
    t.is_(bob.call("POST", "/api/v1/leases", {})[0], 400, "and other calls made")
    n.psql("UPDATE core.setting SET value = '100000' WHERE name = 'queue_max'")
    n.wait(lambda: bob.call("POST", "/api/v1/privacy/execute", body)[0] == 202, 10, "submits again")
    cancel(bob, comp)


def database_away(n, alice, bob):
    comp = computation(n, alice, bob)
    url = "/api/v1/privacy/results/" + comp
    f = in_thread(bob.call, "GET", url + "?wait=60")
    n.parked(1)
    n.stop_part("pg", signal.SIGINT)
    s, h, b = n.wait(lambda: (lambda r: r if r[0] == 503 else None)(bob.call("GET", url)), 10, "503")
    t.is_(b["error"]["code"], "BACKPRESSURE", "without a database calls are refused")
    t.ok(int(h.get("retry-after", 0)) > 0, "with the time to come again")
    s, h, b = bob.call("GET", "/readyz")
    t.is_((s, b["ready"]), (503, False), "readiness says so")
    t.is_(bob.call("GET", "/healthz")[0], 200, "the front itself is alive")
    t.is_(bob.call("GET", "/metrics")[0], 200, "and can be watched")
    n.start("pg")
    n.wait(lambda: bob.call("GET", url)[0] == 200, 30, "calls again")
    t.is_(cancel(bob, comp)[0], 200, "calls work again by themselves")
    t.is_(f.result(60)[2]["status"], "failed", "and who waited all the time gets an answer")


def signals(n, alice, bob, conf):
    kids = children(n)
    os.kill(kids[0], signal.SIGKILL)
    n.wait(lambda: len(children(n)) == 2 and kids[0] not in children(n), 10, "a new process")
    t.ok(all(bob.call("GET", "/health")[0] == 200 for _ in range(20)), "a killed process is replaced")
    with open(conf) as f:
        text = f.read()
    with open(conf, "w") as f:
        f.write(re.sub(r"server_names = .*", "server_names = elsewhere.example", text))
    n.kill("fcgi", signal.SIGHUP)
    n.wait(lambda: bob.call("GET", "/api/v1/leases")[0] == 403, 10, "the new name")
    t.is_(bob.call("GET", "/api/v1/leases", host="elsewhere.example", headers={"Host": "elsewhere.example"})[0], 200, "HUP reads the settings again")
    with open(conf, "w") as f:
        f.write(text)
    n.kill("fcgi", signal.SIGHUP)
    n.wait(lambda: bob.call("GET", "/api/v1/leases")[0] == 200, 10, "the old name")


def draining(n, alice, bob):
    comp = computation(n, alice, bob)
    f = in_thread(bob.call, "GET", "/api/v1/privacy/results/%s?wait=60" % comp)
    n.parked(1)
    start = time.monotonic()
    code = n.stop_part("fcgi")
    t.is_(code, 0, "TERM ends the front with 0")
    t.ok(time.monotonic() - start < 4, "well within its grace")
    s, h, b = f.result(60)
    t.is_((s, b["status"]), (200, "pending"), "a waiter gets what is known when the front stops")
    n.start("fcgi")
    n.wait(n.http_up, 10, "the front again")
    t.is_(cancel(bob, comp)[0], 200, "a new front goes on")


def load_while_replaced(n, bob):
    """A second front takes the socket over while requests come in."""
    codes, stop = [], threading.Event()

    def client():
        while not stop.is_set():
            codes.append(bob.call("GET", "/api/v1/leases")[0])

    threads = [threading.Thread(target=client) for _ in range(4)]
    for th in threads:
        th.start()
    old = n.procs.pop("fcgi")
    n.start("fcgi")
    n.wait(lambda: n.log("fcgi").count('"server.started"') >= 2 and len(children(n)) == 2,
           10, "the second front")
    old.send_signal(signal.SIGTERM)
    old.wait(30)
    before = len(codes)
    n.wait(lambda: len(codes) > before + 50, 20, "fifty more answers")
    stop.set()
    for th in threads:
        th.join()
    t.is_(set(codes), {200}, "no request of %d is lost while the front is replaced" % len(codes))


def nothing_private_in_the_log(n, secrets):
    log = n.log("fcgi")
    t.ok(all(s not in log for s in secrets), "neither script nor nonce nor token is in the log")
    lines = [json.loads(x) for x in log.splitlines()]
    served = [x for x in lines if x["event"] == "request.served"]
    t.ok(served and all({"request_id", "method", "route", "status", "duration_ms", "bytes"} <= set(x) for x in served),
         "one JSON line for each request")
    t.ok(any(x["event"] == "auth.refused" and x["code"] == "FORBIDDEN" for x in lines), "and one for a caller refused")


with Node("front", parts=("pg", "fcgi", "nginx"), conf={"grace_ms": 5000}) as n:
    op = n.client("operator")
    alice, bob = n.principal("alice", ["owner"]), n.principal("bob", ["consumer"])
    n.psql("INSERT INTO core.image (name, digest, loaders) VALUES ('minimal', 'sha256:%s', '{csv}')" % ("0" * 64))
    n.psql("UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
    n.psql("UPDATE core.setting SET value = '1000' WHERE name LIKE 'rate_%'")
    alice.asset("data", CSV)
    n.lease = alice.grant(bob, ["data"])
    with t.case("refusals"):
        refusals(n, bob)
    with t.case("waiting"):
        waiting(n, alice, bob)
    with t.case("many waiters"):
        many_waiters(n, alice, bob)
    with t.case("clients that leave"):
        gone_clients(n, alice, bob)
    with t.case("aborted batches"):
        aborted_batches(n, op)
    with t.case("commit in doubt"):
        commit_in_doubt(n, alice, bob)
    with t.case("full queue"):
        full_queue(n, alice, bob)
    with t.case("database away"):
        database_away(n, alice, bob)
    with t.case("signals"):
        signals(n, alice, bob, n.path("conf", "fcgi.conf"))
    with t.case("draining"):
        draining(n, alice, bob)
    with t.case("replacement"):
        load_while_replaced(n, bob)
    with t.case("log"):
        nothing_private_in_the_log(n, ["print(1)", "drk_"])
t.done()
