#!/usr/bin/python3
"""Batches of fixed size, in both profiles; uploads that race a closing interval; large reports, whose segments have become blobs before
their job runs."""
import collections
import concurrent.futures
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
from dap import Clients, Pair, Problem, Result  # noqa: E402
from harness import Tap, until  # noqa: E402

CURRENT = {"09": b"\2\1", "18": b"\2\0\0"}
LATE = {"09": "400 reportRejected", "18": "batch_collected"}
CLIENTS = 6
LARGE = {"type": "Prio3SumVec", "length": 2500, "bits": 1, "chunk_length": 50}


def begun(task, query, timeout=30):
    """The collection of whatever batch is full, as soon as there is one."""
    def full():
        try:
            return task.collect_begin(query)
        except Problem as p:
            if p.word != "batchInvalid":
                raise
    return until(full, timeout, "a full batch")


def fixed(t, pair, profile):
    task = pair.task({"type": "Prio3Count"}, profile, {"mode": "fixed_size", "max_batch_size": 12}, min_batch_size=10)
    task.upload([1, 0, 1, 1, 1, 0] * 2)
    query = CURRENT[profile]
    url = begun(task, query)
    body = pair.leader.wait(lambda: task.collect_poll(url), 60, "the collection")
    selector = b"\2" + body[1:33] if profile == "09" else query     # 09 binds the batch that was chosen, 18 what was asked
    t.is_(task.profile.total(task.key, task.wire, selector, body, query), (12, 8), "%s: the current batch, once it is full" % profile)
    try:
        word = task.collect_begin(query) and "taken"
    except Problem as p:
        word = p.word
    t.is_(word, "batchInvalid" if profile == "09" else "taken", "%s: there is no other yet" % profile)


def late(t, pair, clients, profile):
    """Uploads into an interval while it closes: what was acknowledged is in the sum, and whoever came later was told why not."""
    task = pair.task({"type": "Prio3Count"}, profile)
    reports, said = clients.make(task, 900), {}

    def word(i):
        """"" when it was taken."""
        a = task.put(reports[i])
        if profile == "18" and a.status == 200 and a.body:
            return {reports[i][:16] + b"\1": "batch_collected"}.get(a.body, repr(a.body))
        return "" if a.status == task.profile.upload_status and not a.body else "%d %s" % (a.status, Problem("", a).word)

    def client(mine):
        for i in mine:
            said[i] = word(i)
            if sum(said[k] != "" for k in mine if k in said) == 5:      # it has closed, as far as this client can tell
                return

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        work = [pool.submit(client, range(k, len(reports), CLIENTS)) for k in range(CLIENTS)]
        until(lambda: len(said) > 30, 60, "some uploads")
        url = task.collect_begin()
        for w in work:
            w.result()
    taken, refused = [i for i, w in said.items() if not w], [i for i, w in said.items() if w]
    got = task.open(task.leader.wait(lambda: task.collect_poll(url), 60, "the collection"))
    t.is_(got, Result(len(taken), sum(i % 2 for i in taken)), "%s: each of %d reports that were acknowledged is in the sum" % (profile, len(taken)))
    t.is_(collections.Counter(said[i] for i in refused), {LATE[profile]: len(refused)}, "%s: the other %d were told that the batch has closed" % (profile, len(refused)))
    t.ok(refused, "%s: there were some" % profile)
    t.is_((word(taken[0]), word(refused[0])), ("", LATE[profile]), "%s: sent again, each is told the same" % profile)


def segments(t, pair, clients):
    """Three large reports wait for company, a minute; their segments (one a process of the front) have been full for longer."""
    task, db = pair.task(LARGE, min_batch_size=3), pair.leader
    for report in clients.make(task, 3):
        a = task.put(report)
        t.is_(a.status, 201, "a report of %d bytes is taken" % len(report))
    db.wait(lambda: db.psql("SELECT string_agg(DISTINCT state, ' ') FROM core.agg_segment") == "full", 30, "segments that their writers have left")
    db.psql("UPDATE core.agg_segment SET full_at = full_at - interval '1 day'")
    db.psql("SELECT core.scrub_segments()")
    db.wait(lambda: db.psql("SELECT bool_and(sha256 IS NOT NULL) FROM core.agg_segment") == "t", 30, "segments that are blobs")
    for (path,) in db.rows("SELECT folder || '/' || id FROM core.agg_segment"):
        os.unlink(path)
    url = task.collect_begin()
    body = db.wait(lambda: task.collect_poll(url), 120, "the collection")
    t.is_(task.profile.collection(body)[0], 3, "what was a segment has become a blob, and reports are read from there")


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as folder, Pair("dap-batch", conf={"segment_ms": 300}) as pair:
        clients = Clients(folder)
        for profile in ("09", "18"):
            fixed(t, pair, profile)
            late(t, pair, clients, profile)
        segments(t, pair, clients)
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
