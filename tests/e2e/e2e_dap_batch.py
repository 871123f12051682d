#!/usr/bin/python3
"""Batches of fixed size, in both profiles; and large reports, whose segments have become blobs before their job runs."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
from dap import Clients, Pair, Problem  # noqa: E402
from harness import Tap, until  # noqa: E402

CURRENT = {"09": b"\2\1", "18": b"\2\0\0"}
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


def segments(t, pair, folder):
    """Three large reports wait for company, a minute; their segments (one a process of the front) have been full for longer."""
    task, db = pair.task(LARGE, min_batch_size=3), pair.leader
    for report in Clients(folder).make(task, 3):
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
        for profile in ("09", "18"):
            fixed(t, pair, profile)
        segments(t, pair, folder)
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
