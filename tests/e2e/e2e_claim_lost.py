#!/usr/bin/python3
"""A claim commits before it is on the disk, so a crash of the database may forget it while its job already
runs: the job is in ready again, what its first worker says of it is fenced, and it ends once."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap  # noqa: E402

TRIES = 5       # a checkpoint or another writer may carry a claim to the disk after all
CLAIM = "SELECT id, token FROM api.job_turn(%s, 2::smallint, '{}', '{}', '[]', 9, -1) WHERE what = 'claim'"
FINISH = "SELECT what FROM api.job_turn(%s, 2::smallint, ARRAY['%s']::uuid[], ARRAY['%s']::uuid[], '[{\"state\": \"completed\", \"started\": true}]', 0, -1)"


def answers(n):
    try:
        return n.psql("SELECT 1") == "1"
    except RuntimeError:
        return False


def crash(n, walwriter):
    """All server processes end at once and recovery begins, as after the death of any of them."""
    words = "all server processes terminated"
    before = n.log("pg").count(words)
    os.kill(walwriter, signal.SIGKILL)
    n.wait(lambda: n.log("pg").count(words) > before, 30, "the crash")
    n.wait(lambda: answers(n), 30, "recovered")


def forgotten(n, worker):
    """-> (id, token) of a claim that a crash has taken back, or None if it was on the disk."""
    n.psql("SELECT core.enqueue(2::smallint, 0, '{}')")
    walwriter = int(n.psql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"))
    os.kill(walwriter, signal.SIGSTOP)
    claimed, = n.rows(CLAIM % worker)
    crash(n, walwriter)
    if n.psql("SELECT count(*) FROM core.lease") == "0":
        return claimed
    n.psql(FINISH % (worker, *claimed))
    return None


def main():
    t = Tap()
    with Node("claim-lost", parts=("pg",)) as n:
        n.psql("ALTER SYSTEM SET log_min_messages = 'log'")
        n.psql("SELECT pg_reload_conf()")
        n.psql("UPDATE core.cron SET last_slot = 'infinity'")
        worker = n.psql("SELECT api.worker_join('h', 1, 'v', '{\"light\": 9}', '{}')")
        lost = next((c for c in (forgotten(n, worker) for _ in range(TRIES)) if c), None)
        if not t.ok(lost, "a crash forgets a claim"):
            t.done()
        job, token = lost
        t.is_(n.psql("SELECT count(*) FROM core.ready WHERE id = '%s'" % job), "1", "its job is ready")
        t.is_(n.psql(FINISH % (worker, job, token)), "fenced", "what its worker says of it changes nothing")
        t.is_(n.psql("SELECT count(*) FROM core.done WHERE id = '%s'" % job), "0", "it has not ended")
        again, = n.rows(CLAIM % worker)
        t.ok(again[0] == job and again[1] != token, "it is handed out again, under another token")
        t.is_(n.psql(FINISH % (worker, *again)), "", "which may finish it")
        t.is_(n.psql("SELECT count(*), min(state), min(attempt) FROM core.done WHERE id = '%s'" % job), "1|completed|1", "it ends once")
    t.done()


if __name__ == "__main__":
    main()
