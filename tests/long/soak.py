#!/usr/bin/python3
"""A million jobs through a fleet that comes and goes: what grows, what slows down?

    tests/long/soak.py [--jobs N] [--rate R] [--seconds S] [--seed S]

A private node with four workers takes N jobs, R a second: system.noop, some of which fail and are tried again, and
computations over HTTP.  Workers but the first are stopped and killed all the time, old days are dropped, a fifth of
the jobs comes at once, and a transaction stays open through a quarter of the run.  Prints a line each ten seconds and a table
at the end; every figure of every second is in run/bench/soak.jsonl.  Exit status 0 when every promise was kept.
"""
import argparse
import os
import random
import secrets
import signal
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "bench")]
from harness import need_root  # noqa: E402
from longnode import POOL, LongNode, lift, more_files  # noqa: E402
from watch import Census, Series, Sql, Tables, Turns, Verdict, memory_verdict, quantile  # noqa: E402

WORKERS = 4
SMALL = 50000                   # jobs: a quick look, watched more closely
OLD_DAYS = 10                   # before yesterday, each with its jobs
OLD_SHARE = 0.05                # of all jobs, on those days
FLAKY_SHARE = 0.03              # of all jobs are met by the worker that fails them
COMPUTATIONS = 500              # one in so many jobs
BURST_FROM, BURST_TO = 0.4, 0.6         # of the jobs that are done: backlog of a fifth of all
RATE = 3500                     # jobs a second that are submitted, but for the burst
PINNED_BYTES = 400              # that a job leaves in core.lease and its indexes while nothing can be vacuumed
PIN_FROM, PIN_TO, PIN_MOST_S = 0.45, 0.85, 180  # share of the jobs; and it ends after that many seconds
SETTINGS = {"job_ttl_s": 10**9, "result_ttl_s": 60, "idem_ttl_s": 60, "blob_grace_s": 60}


class Drive(threading.Thread):
    """One thing that happens again and again beside the run.  An exception ends it and is kept."""

    def __init__(self, run, every_s):
        super().__init__(daemon=True)
        self.soak, self.every_s, self.failed, self.stop = run, every_s, None, threading.Event()

    def run(self):
        try:
            self.begin()
            while not self.stop.wait(self.every_s):
                self.step()
            self.end()
        except Exception as e:
            self.failed = "%s: %r" % (type(self).__name__, e)

    def begin(self):
        pass

    def end(self):
        pass

    def finish(self):
        self.stop.set()
        self.join(90)
        return self.failed or ("%s does not end" % type(self).__name__ if self.is_alive() else None)


class Fleet(Drive):
    """Workers join and leave: TERM and KILL by turns of chance."""

    def begin(self):
        self.random, self.left = random.Random(self.soak.seed), {"TERM": 0, "KILL": 0}

    def step(self):
        node, part = self.soak.node, "workerd%d" % self.random.randint(2, WORKERS)
        if self.random.random() < 0.5:
            node.kill(part)
            self.left["KILL"] += 1
        else:
            node.stop_part(part, signal.SIGTERM, 60)
            self.left["TERM"] += 1
        if not self.stop.wait(self.random.uniform(0, 2)):
            node.start(part)


class Flaky(Drive):
    """A worker by the contract whose every run fails: its jobs are tried again, by it or by others."""
    OUTCOME = '{"state":"failed","reason":"SANDBOX_FAILED","started":true}'

    def begin(self):
        self.sql, self.held, self.failures, self.beat, self.owed = Sql(self.soak.node, "darkroom_worker"), [], 0, 0, 0.0
        self.join_fleet()

    def join_fleet(self):
        self.id, self.held = int(self.sql.one("SELECT api.worker_join('flaky', %d, '0', '{\"light\":1}', '{}')" % os.getpid())), []

    def turn(self, want):
        ids, tokens = (",".join("'%s'" % h[i] for h in self.held) for i in (0, 1))
        return [r for r in self.sql.rows(
            "SELECT what, id, token FROM api.job_turn(%d, 2::smallint, ARRAY[%s]::uuid[], ARRAY[%s]::uuid[], '[%s]', %d, -1)"
            % (self.id, ids, tokens, ",".join([self.OUTCOME] * len(self.held)), want)) if r[0] == "claim"]

    def step(self):
        if time.monotonic() - self.beat > 3:
            self.beat = time.monotonic()
            tokens = ",".join("'%s'" % h[2] for h in self.held)
            if ("gone",) in [r[:1] for r in self.sql.rows("SELECT what FROM api.worker_beat(%d, ARRAY[%s]::uuid[], '{}', '{}', false)" % (self.id, tokens))]:
                self.join_fleet()
        self.owed = min(500, FLAKY_SHARE * self.soak.done() - self.failures)
        self.failures += len(self.held)
        self.held = [(r[1], r[2], r[2]) for r in self.turn(max(0, int(self.owed)))]

    def end(self):
        self.turn(0)
        self.sql.rows("SELECT api.worker_leave(%d)" % self.id)
        self.sql.close()


class Consumers(Drive):
    """Computations over HTTP, as many as their share of the jobs allows; one in twenty is cancelled."""

    def begin(self):
        owner, self.consumer, self.lease = self.soak.node.pair()
        self.sent, self.refused = 0, 0

    def step(self):
        if self.sent * COMPUTATIONS >= self.soak.done():
            return
        self.sent += 1
        status, _, body = self.consumer.call("POST", "/api/v1/privacy/execute", {
            "lease_id": self.lease, "code": "print(%d)" % self.sent, "inputs": [{"asset_id": "data_456", "variable_name": "v"}]}, idem="soak-%d" % self.sent)
        if status != 202:
            self.refused += 1
        elif self.sent % 20 == 0:
            self.consumer.call("POST", "/api/v1/privacy/results/%s/cancel" % body["computation_id"], {})
        else:
            self.consumer.call("GET", "/api/v1/privacy/results/%s" % body["computation_id"])


class Sampler(Drive):
    def begin(self):
        s = self.soak
        self.next_line = 10
        self.takers = [Census(s.node, s.series), Tables(s.node, s.series), s.turns]
        self.census, self.tables = self.takers[0], self.takers[1]

    def step(self):
        s = self.soak
        for t in self.takers:
            t.take()
        done = s.done()
        s.series.add("jobs", "done", done, "jobs")
        s.series.add("jobs", "open", s.submitted - done, "jobs")
        points = s.series.points["jobs", "done"]
        back = points[max(0, len(points) - 6)]
        rate = (done - back[1]) / max(1e-3, s.series.now() - back[0])
        s.series.add("jobs", "throughput", rate, "1/s")
        if s.series.now() >= self.next_line:
            self.next_line += 10
            print("%4d s  %7d done  %7d open  %6.0f/s  turn p99 %6.1f ms  ready %5.1f MiB  lease %5.1f MiB  xmin age %d"
                  % (s.series.now(), done, s.submitted - done, rate, s.series.last("p99", "job_turn"),
                     sum(s.series.last("core.ready_%d" % i, m) for i in (0, 1) for m in ("table", "indexes")),
                     sum(s.series.last("core.lease", m) for m in ("table", "indexes")), s.series.last("database", "oldest_xmin")), flush=True)

    def end(self):
        for t in self.takers[1:]:
            t.close()


class Soak:
    def __init__(self, node, jobs, rate, seconds, seed):
        self.node, self.jobs, self.rate, self.seconds, self.seed = node, jobs, rate, seconds, seed
        self.sql = Sql(node)
        self.series = Series("soak", "A million jobs", "%d jobs through four workers that come and go; old days are dropped, and a transaction stays open." % jobs)
        self.turns = Turns(node, self.series)
        self.submitted, self._done, self.dropped_due = 0, 0, 0
        self.pin, self.pinned_for, self.pinned_rate = None, 0, 0
        self.drives, self.fed_at = [], 0
        lift(node, **SETTINGS)
        node.psql("UPDATE core.cron SET every_s = 20 WHERE name = 'retain'")

    def done(self):
        return self._done

    def share(self):
        return self._done / self.jobs

    def count(self):
        """Jobs that have ended: all that were submitted less those that have not."""
        self._done = self.submitted - int(self.sql.one(
            "SELECT (SELECT count(*) FROM core.ready WHERE kind = 2) + (SELECT count(*) FROM core.later WHERE kind = 2)"
            " + (SELECT count(*) FROM core.lease WHERE kind = 2)"))
        return self._done

    # ---- jobs ----------------------------------------------------------------
    def old_days(self):
        """Days past every record's age, with jobs as if they had waited since then."""
        each = max(1, int(self.jobs * OLD_SHARE / OLD_DAYS))
        for back in range(3, 3 + OLD_DAYS):
            self.sql.rows("SELECT core.day_add(current_date - %d)" % back)
            self.sql.rows("""
WITH ids AS MATERIALIZED (
  SELECT overlay(core.uuid7_floor(current_date - %d)::text placing right(gen_random_uuid()::text, 21) from 16)::uuid AS id
    FROM generate_series(1, %d)),
old AS (INSERT INTO core.job (id, principal, kind, lane, max_attempts, timeout_ms, spec)
        SELECT id, 0, 2, 2, 3, 60000, '{}' FROM ids)
INSERT INTO core.ready (seg, lane, band, tenant, rank, id, kind, timeout_ms)
SELECT s.current, 2, 1, 0, core.rank_at(clock_timestamp(), 0), i.id, 2, 60000 FROM ids i, core.segment s""" % (back, each))
            self.submitted += each

    def submit(self, n):
        for _ in range(0, n, 5000):
            n_now = min(5000, n, self.jobs - self.submitted)
            if n_now > 0:
                self.sql.rows("SELECT cardinality(api.job_submit_many('system.noop', array_fill('{}'::jsonb, ARRAY[%d])))" % n_now)
                self.submitted += n_now

    def feed(self):
        """So many a second unless the backlog grows, and for a fifth of the run a long backlog that may run down."""
        due = int(self.rate * (self.series.now() - self.fed_at))
        self.fed_at = self.series.now()
        room = min(max(1000, self.jobs // 50), self.submitted - self.done() + due)
        if BURST_FROM <= self.share() < BURST_TO:
            room = self.jobs // 5 - int((self.share() - BURST_FROM) * self.jobs)
        self.submit(room - (self.submitted - self.done()))

    # ---- what an operator does -----------------------------------------------
    def pin_transaction(self):
        if self.pin is None and PIN_FROM <= self.share() < PIN_TO:
            self.pin = Sql(self.node)
            self.pin.rows("BEGIN ISOLATION LEVEL REPEATABLE READ")
            self.pin.rows("SELECT count(*) FROM core.lane")
            self.pinned_at, self.pinned_from = self.series.now(), self.done()
            self.series.mark("a transaction is open")
        elif self.pin and not self.pinned_for and (self.share() >= PIN_TO or self.series.now() > self.pinned_at + PIN_MOST_S):
            self.pin.close()
            self.pinned_for = self.series.now() - self.pinned_at
            self.pinned_rate = (self.done() - self.pinned_from) / self.pinned_for
            self.series.mark("and over")

    def drop_days(self):
        """Retention is due at each twelfth of the run once the old days are worked off."""
        if self.share() >= max(2 * OLD_SHARE, self.dropped_due / 12):
            self.dropped_due += 1
            self.day_due()

    def day_due(self):
        self.sql.rows("UPDATE core.setting SET value = '86400' WHERE name = 'job_ttl_s'")
        self.sql.rows("UPDATE core.watermark SET at = '-infinity' WHERE step = 'day'")

    def days_dropped(self):
        return int(self.sql.one("SELECT count(*) FROM core.event WHERE verb = 'day.dropped'"))

    # ---- the run -------------------------------------------------------------
    def drive(self):
        self.old_days()
        for cls, every_s in ((Fleet, max(1, min(5, self.jobs / SMALL))), (Flaky, 0.1), (Consumers, 0.1), (Sampler, 1)):
            d = cls(self, every_s)
            self.drives.append(d)
            d.start()
        self.fleet, self.flaky, self.consumers, self.sampler = self.drives
        end = time.monotonic() + self.seconds
        while self.count() < self.jobs:
            self.feed()
            self.pin_transaction()
            self.drop_days()
            if time.monotonic() > end:
                print("the time of %d s is over" % self.seconds)
                break
            time.sleep(0.1)     # pause: between two looks at the run
        self.took = self.series.now()
        self.wrong = [f for f in (d.finish() for d in self.drives) if f]
        if self.pin and not self.pinned_for:
            self.pin.close()

    def settle(self):
        """Every job ends, computations too, and every old day goes.  -> jobs that did not end"""
        open_jobs = "SELECT (SELECT count(*) FROM core.ready) + (SELECT count(*) FROM core.later) + (SELECT count(*) FROM core.lease)"
        self.sql.rows("UPDATE core.cron SET every_s = 86400")
        end = time.monotonic() + 60
        while (self.sql.one(open_jobs) != "0" or self.days_dropped() < OLD_DAYS) and time.monotonic() < end:
            self.day_due()
            time.sleep(0.5)     # pause: between two looks
        return int(self.sql.one(open_jobs))

    # ---- what was promised ---------------------------------------------------
    def tenths(self):
        """The second at which each tenth of the jobs was done."""
        marks = [0.0]
        for t, done in self.series.points["jobs", "done"]:
            while len(marks) < 10 and done >= len(marks) * self.jobs / 10:
                marks.append(t)
        return marks + [self.took]

    def verdict(self):
        v, left = Verdict(), self.settle()
        for f in self.wrong:
            v.is_("the harness itself", f, "")
        v.is_("jobs that have not ended", left, 0)
        old = int(self.jobs * OLD_SHARE / OLD_DAYS) * OLD_DAYS
        new = self.submitted - old
        v.is_("jobs of today in core.job", int(self.sql.one("SELECT count(*) FROM core.job WHERE kind = 2 AND id >= core.uuid7_floor(current_date - 1)")), new)
        v.is_("their ends in core.done", int(self.sql.one("SELECT count(*) FROM core.done WHERE kind = 2 AND id >= core.uuid7_floor(current_date - 1)")), new)
        v.is_("ends that are not 'completed', nor failed by the failing worker", int(self.sql.one(
            "SELECT count(*) FROM core.done WHERE kind = 2 AND state <> 'completed' AND reason <> 'SANDBOX_FAILED'")), 0)
        v.is_("computations left open", int(self.sql.one("SELECT count(*) FROM core.computation WHERE finished_at IS NULL")), 0)
        v.is_("computations refused", self.consumers.refused, 0)
        v.is_("days dropped", self.days_dropped(), OLD_DAYS)
        v.told("jobs", self.submitted + self.consumers.sent)
        v.told("of these computations", self.consumers.sent)
        v.told("runs that failed and were tried again", int(self.sql.one("SELECT count(*) FROM core.attempt")))
        v.told("workers stopped, killed", self.fleet.left["TERM"] + self.fleet.left["KILL"])
        v.told("jobs a second", self.submitted / self.took, "1/s")
        self.verdict_slowing(v)
        self.verdict_sizes(v)
        memory_verdict(v, self.sampler.census, self.took / 2)
        self.series.close(v)
        return v

    def verdict_slowing(self, v):
        marks = self.tenths()
        rates, p99 = [], []
        for a, b in zip(marks, marks[1:]):
            ms = [m for t, m in self.turns.ms if a < t <= b]
            rates.append(self.jobs / 10 / max(1e-3, b - a))
            p99.append(quantile(ms, 0.99))
            print("tenth %2d  %6.0f jobs/s  turn p50 %6.2f ms  p99 %7.2f ms  of %d" % (len(p99), rates[-1], quantile(ms, 0.5), p99[-1], len(ms)))
        v.at_most("p99 of a turn, last tenth over first", p99[-1] / max(1e-3, p99[0]), 1.5)
        v.told("jobs/s of the last tenth over the first", rates[-1] / rates[0])
        v.told("seconds a transaction stayed open", self.pinned_for, "s")
        v.told("jobs/s meanwhile, over all", self.pinned_rate * self.took / self.submitted)

    def verdict_sizes(self, v):
        """Small tables stay small: after the run they are what a backlog and a pinned horizon may leave."""
        lease = 32 + self.pinned_rate * self.pinned_for * PINNED_BYTES / 2**20
        for name, bound in (("ready_0", 96), ("ready_1", 96), ("lease", lease), ("later", 32), ("worker", 4), ("attempt", 32), ("nonce", 32), ("idem", 32)):
            sizes = [a + b for (_, a), (_, b) in zip(self.series.points["core." + name, "table"], self.series.points["core." + name, "indexes"])]
            if sizes:
                v.at_most("core.%s with indexes, most" % name, max(sizes), bound, "MiB")


def run(jobs, rate, seconds, seed):
    """-> the verdict of one run on a node of its own"""
    more_files()
    node = LongNode("soak", conf=POOL, workers=WORKERS, fsync=True, shared_buffers="1GB")
    with node:
        s = Soak(node, jobs, rate, seconds, seed)
        s.drive()
        return s.verdict()


def main():
    need_root()
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--jobs", type=int, default=1000000)
    p.add_argument("--rate", type=int, default=RATE, help="jobs submitted a second")
    p.add_argument("--seconds", type=int, default=720, help="the most that the jobs may take")
    p.add_argument("--seed", type=int, default=None, help="which workers leave, and how")
    a = p.parse_args()
    seed = secrets.randbelow(10**9) if a.seed is None else a.seed
    print("seed %d: %d jobs" % (seed, a.jobs), flush=True)
    verdict = run(a.jobs, a.rate, a.seconds, seed)
    print(verdict.table())
    return 0 if verdict.kept else 1


if __name__ == "__main__":
    sys.exit(main())
