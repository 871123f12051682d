#!/usr/bin/python3
"""Event streams: check 32 of the compute specification (cut and resumed, no phase is missed and none repeated), with
the front killed and PostgreSQL restarted in mid-stream; many jobs of one principal; slow, gone and refused clients."""
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Client, Node, Tap, need_root  # noqa: E402
from sse import Stream, phases  # noqa: E402

need_root()
t = Tap()
WAY = ["queued", "starting", "running", "released"]    # a run may end before its collecting is told
ALL = "/api/v1/privacy/events"


def url(comp):
    return "/api/v1/privacy/results/%s/events" % comp



def rows(n, comp):
    return [r[0] for r in n.rows("SELECT p.phase FROM core.phase p JOIN core.computation m USING (job_id) "
                                 "WHERE core.comp_id(m.public_id) = '%s' ORDER BY p.seq" % comp)]


def cut_and_resume(n, consumer, lease):
    comp = consumer.submit(lease, "import time\ntime.sleep(0.5)", {"x": "data_456"})
    got, _ = phases(consumer, url(comp))
    way = rows(n, comp)
    t.ok(got == way and set(WAY) <= set(way), "check 32: every phase once, then the end")
    for k in range(1, len(way)):
        first, last = phases(consumer, url(comp), upto=k)
        rest, _ = phases(consumer, url(comp), last)
        t.is_(first + rest, way, "check 32: cut after %d events and resumed by Last-Event-ID, it misses no phase and repeats none" % k)
    t.is_(phases(consumer, url(comp), str(len(way)))[0], [], "check 32: resumed after the last phase, only the end is left")
    with Stream(consumer, url(comp)) as s:
        t.ok("text/event-stream" in s.head and s.status == 200, "it is an event stream")
        events = list(s.events())
        t.is_(events[-1], ("end", {"computation_id": comp, "status": "completed", "phase": "released"}), "the end says how it ended")
        t.ok("results" not in events[-2][1] and events[-2][1]["exit_code"] == 0, "the last phase says what a result says, without results")


def long_poll(n, consumer, lease):
    comp = consumer.submit(lease, "import time\ntime.sleep(1.5)", {"x": "data_456"})
    n.wait(lambda: consumer.result(comp)["phase"] == "running", 20, "running")
    _, h, _ = consumer.call("GET", "/api/v1/privacy/results/" + comp)
    start = time.monotonic()
    s, _, b = consumer.call("GET", "/api/v1/privacy/results/%s?wait=30" % comp, headers={"If-None-Match": h["etag"]})
    t.ok(s == 200 and b["phase"] != "running" and time.monotonic() - start < 4, "check 32: a long poll returns on the change, not on the timer")


class Follower(threading.Thread):
    """Reads a stream to its end, comes again wherever it is cut, as an EventSource does."""

    def __init__(self, client, target, done, last=None):
        super().__init__(daemon=True)
        self.client, self.target, self.done, self.last = client, target, done, last
        self.got, self.ids, self.cuts, self.over, self.since = [], [], 0, threading.Event(), threading.Event()
        self.start()

    def run(self):
        while not self.over.is_set():
            try:
                with Stream(self.client, self.target, self.last) as s:
                    if s.status != 200:
                        time.sleep(0.05)        # pause: between two tries
                        continue
                    for f in s.frames():
                        self.last = s.last
                        if self.last is not None:
                            self.since.set()
                        if f.get("event") == "phase":
                            self.got.append((f["data"]["computation_id"], f["data"]["phase"]))
                            self.ids.append(f["id"])
                        if f.get("event") == "end" or self.done(self):
                            self.over.set()
                            break
            except (OSError, EOFError, ValueError):
                time.sleep(0.05)        # pause: between two tries
            self.cuts += not self.over.is_set()


def kill_and_restart(n, consumer, lease):
    comp = consumer.submit(lease, "import time\ntime.sleep(6)", {"x": "data_456"})
    f = Follower(consumer, url(comp), lambda f: False)
    n.wait(lambda: ("running" in [p for _, p in f.got]), 20, "the stream is under way")
    for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
        try:
            with open("/proc/%s/stat" % pid) as s:
                if int(s.read().rsplit(") ", 1)[1].split()[1]) == n.pid("fcgi"):
                    os.kill(int(pid), signal.SIGKILL)
        except (OSError, ValueError):
            pass
    n.wait(lambda: f.cuts > 0, 20, "the front's death cuts the stream")
    cuts = f.cuts
    n.stop_part("pg", signal.SIGINT)
    n.start("pg")
    n.wait(f.over.is_set, 60, "the end")
    t.is_([p for _, p in f.got], rows(n, comp), "check 32: the front killed and PostgreSQL restarted in mid-stream: no phase missed, none repeated (cut %d times)" % cuts)
    t.is_(f.ids, [str(k + 1) for k in range(len(f.ids))], "check 32: ids are a sequence")


def follow_all(n, consumer, lease):
    """All jobs of a principal, while a transaction that numbered its row early commits late."""
    jobs = 12
    f = Follower(consumer, ALL, lambda f: len([1 for _, p in f.got if p in ("released", "failed")]) >= jobs + 1)
    n.wait(f.since.is_set, 20, "a place from the start")
    comps = [consumer.submit(lease, "print(%d)" % k, {"x": "data_456"}) for k in range(jobs // 2)]
    held = n.psql_session()
    comp = consumer.submit(lease, "print('late')", {"x": "data_456"}, label="late")
    held.send("BEGIN; INSERT INTO core.event (actor, verb, object) VALUES ('test', 'held', 'x'); SELECT txid_current();")
    n.wait(lambda: n.psql("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND backend_xid IS NOT NULL") == "1", 10, "an old transaction")
    comps += [consumer.submit(lease, "print(%d)" % k, {"x": "data_456"}) for k in range(jobs // 2)]
    n.wait(lambda: consumer.result(comps[-1])["status"] == "completed", 60, "jobs end meanwhile")
    told = len(f.got)
    held.send("COMMIT;")
    n.wait(f.over.is_set, 60, "all told")
    held.close()
    t.ok(told < len(f.got), "what an older transaction could still precede is not told")
    want = sorted((c, p) for c in comps + [comp] for p in rows(n, c))
    t.is_(sorted(f.got), want, "all computations of a principal: each phase of each once")
    for c in comps + [comp]:
        if [p for x, p in f.got if x == c] != rows(n, c):
            t.ok(False, "phases of one computation in order")
    # from any place on: exactly the rest
    for k in range(0, len(f.ids), 7):
        g = Follower(consumer, ALL, lambda g: len(g.got) >= len(f.got) - k - 1, f.ids[k])
        n.wait(lambda: g.over.is_set() or len(g.got) >= len(f.got) - k - 1, 20, "the rest")
        t.is_(g.got, f.got[k + 1:], "resumed after event %d of %d: the rest and no more" % (k + 1, len(f.ids)))
        g.over.set()


def refused(n, consumer, lease):
    comp = consumer.submit(lease, "import time\ntime.sleep(60)", {"x": "data_456"})
    other = n.principal("other", ["consumer"])
    s, _, b = other.call("GET", url(comp))
    t.is_((s, b["error"]["code"]), (404, "INVALID_REQUEST"), "check 12: the events of another principal's job are the 404 of an unknown id")
    t.is_(consumer.call("GET", url(comp), headers={"Last-Event-ID": "x1"})[0], 400, "a place that is none is refused")
    t.is_(consumer.call("GET", ALL, headers={"Last-Event-ID": "12"})[0], 400, "a place of another stream is refused")
    n.wait(lambda: consumer.result(comp)["phase"] == "running", 20, "running")
    made = consumer.must("POST", "/api/v1/tokens", {"name": "s", "scopes": ["job:read"], "expires_in_s": 3600})
    with Stream(Client(n, "bearer", token=made["token"]), url(comp)) as s:
        for f in s.frames():
            if "comment" in f:      # nothing to say for a while
                consumer.must("DELETE", "/api/v1/tokens/" + made["id"])
                break
        rest = list(s.frames())
        t.ok(s.ended and rest[-1].get("comment") == "UNAUTHORIZED", "a token that is removed ends its stream, with a comment")
    n.conf["stream_max_ms"] = "1s"
    n.write_conf()
    n.kill("fcgi", signal.SIGHUP)
    n.wait(lambda: len(n.log_events("fcgi", "settings.read")) >= 2, 10, "settings read again")
    with Stream(consumer, url(comp)) as s:
        list(s.frames())
        t.ok(s.ended and s.comments[-1] == "come again with Last-Event-ID", "after its time a stream ends and says so")
    n.conf["stream_max_ms"] = "1h"
    n.write_conf()
    n.kill("fcgi", signal.SIGHUP)
    n.wait(lambda: len(n.log_events("fcgi", "settings.read")) >= 4, 10, "settings read again")
    consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp)


def slow_and_gone(n, consumer, lease):
    comp = consumer.submit(lease, "print(1)", {"x": "data_456"})
    consumer.wait(comp)
    n.parked(0)
    # a long past: more than what sockets and nginx hold
    n.psql("INSERT INTO core.phase (job_id, seq, principal, status, phase, reason, attempt) SELECT p.job_id, k, p.principal, 'pending', 'queued', "
           "repeat('x', 2000), 1 FROM core.phase p JOIN core.computation m USING (job_id), generate_series(100, 6000) k "
           "WHERE core.comp_id(m.public_id) = '%s' AND p.seq = 1" % comp)
    with Stream(consumer, url(comp), timeout=40) as s:
        n.parked(1)
        n.parked(0, 60)    # it is given up
        got = sum(1 for e, _ in s.events() if e == "phase")
        t.ok(s.ended and s.comments[-1].startswith("too slow"), "a client that takes nothing is ended with a comment")
        t.ok(0 < got < 5900, "nothing is kept for it beyond what is under way (%d of 5,900 events)" % got)
        place = s.last
    with Stream(consumer, url(comp), place) as s:
        k = next(s.events())[0]
        t.ok(k == "phase" and int(s.last) == int(place) + 1, "and goes on where it was")
    n.parked(0)
    t.ok(True, "a client that left is noticed")


def main():
    with Node("events", conf={"stream_beat_ms": "500ms", "send_timeout_ms": "60s"}) as n:
        n.psql("UPDATE core.setting SET value = '1000000' WHERE name ~ '^rate_'")
        _, consumer, lease = n.pair(kind="file")
        for part in (cut_and_resume, long_poll, follow_all, kill_and_restart, refused, slow_and_gone):
            start = time.monotonic()
            with t.case(part.__name__):
                part(n, consumer, lease)
            t.diag("%s: %.1f s" % (part.__name__, time.monotonic() - start))
    t.done()


main()
