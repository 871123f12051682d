"""The queue beside graphile-worker, pg-boss, PGMQ's algorithm and bare statements.

One private PostgreSQL (synchronous_commit and fsync on, shared_buffers 1 GB, max_wal_size 8 GB, jit
off); in each round every contestant does every task, one after the other, so that a slow minute of the
machine is nobody's own.  Figures are medians of the rounds, with their range beside them; ratios are
against the fastest peer.  Everybody has the same width: 4 calls in flight or 2 to submit, 2 to drain
one by one.  darkroom is api.job_turn by drain.c; darkroom-workerd the real worker with eight runners, from its
first claim to its last finish.  The peers' programs come by npm into the cache folder (about 200 MB, once).

DR_BENCH_JOBS (100000): jobs of a drain.  DR_BENCH_ROUNDS (3); no new round is begun after a quarter of DR_BENCH_SECONDS.
"""
import json
import os
import re
import subprocess
import time
from statistics import median        # of two rounds the mean, unlike bench.median

from bench import BUDGET_S, BUILD, PGBIN, Node, about, cflags, emit, lift_limits, quantile, within
from pace import Paced
from peers import NODE, folder

JOBS = int(os.environ.get("DR_BENCH_JOBS") or within(100, 5) * 1000)
SINGLES = within(1500, 200)
ROUNDS = int(os.environ.get("DR_BENCH_ROUNDS") or within(3))
PEER_S = 60         # that a program of a peer may take for one task
SUBMIT_S, RATE, RATE_S, TENANTS = within(2), 100, within(4), 1000
HERE = os.path.dirname(os.path.abspath(__file__))
SUBMIT, WIDE, MANY = "submit, 1 per call, 4 in flight", "submit, 1 per call, 16 in flight", "submit, 1,000 per call"
DRAIN, ONE, PINNED, FAIR = "drain, best batch", "drain, one by one", "drain, old transaction pinned", "drain, 1,000 tenants in turn"
WAL = "WAL, submit by 1,000 and drain"
P50, P99 = "enqueue -> start at %d/s, p50" % RATE, "enqueue -> start at %d/s, p99" % RATE


def pgbench(n, script, clients, seconds=None, transactions=None):
    """Transactions a second of a script."""
    path = n.path("bench.sql")
    with open(path, "w") as f:
        f.write(script)
    limit = ["-T", str(seconds)] if seconds else ["-t", str(max(1, transactions // clients))]
    out = subprocess.run([os.path.join(PGBIN, "pgbench"), "-n", "-M", "prepared", "-f", path, "-c", str(clients), "-j", "2", *limit,
                          "-h", n.pg_socket, "-U", "postgres", "darkroom"], capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", out).group(1))


class Darkroom:
    """api.job_turn by drain.c; submits by pgbench."""
    name, best, tasks = "darkroom", 500, (SUBMIT, WIDE, MANY, DRAIN, ONE, PINNED, FAIR)

    def __init__(self, n):
        self.n, self.drainer, self.paced = n, os.path.join(n.dir, "drain"), Paced(n)
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, "drain.c"), os.path.join(BUILD, "libdr.a"), *cflags("libpq"), "-o", self.drainer])

    def fill(self, jobs):
        self.n.psql("SELECT count(api.job_submit_many('system.noop', array_fill('{}'::jsonb, ARRAY[1000]))) FROM generate_series(1, %d)" % (jobs // 1000))
        self.n.psql("SELECT count(core.enqueue(2::smallint, 0, '{}')) FROM generate_series(1, %d)" % (jobs % 1000))

    def fill_fair(self, jobs):
        self.n.psql("SELECT count(core.enqueue_many(2::smallint, t, array_fill('{}'::jsonb, ARRAY[%d]))) FROM generate_series(1, %d) t"
                    % (jobs // TENANTS, TENANTS))

    def drain(self, jobs, batch, conns=2):
        """A worker of its own, and the sweep that every worker calls each second."""
        worker = self.n.psql("SELECT api.worker_join('bench', 1, 'bench', '{}', '{}')")
        sweep = self.n.psql_session()
        sweep.send("SELECT api.sweep(%s) \\watch 1" % worker)
        out = json.loads(Node.run_tool([self.drainer, self.n.dsn(), worker, "2", str(batch), str(conns)]))
        sweep.p.terminate()
        sweep.p.wait()
        if out["jobs"] < jobs:
            raise RuntimeError("drained %d of %d" % (out["jobs"], jobs))
        return out["jobs"] / out["seconds"]

    def measure(self, task):
        if task in (SUBMIT, WIDE):
            return pgbench(self.n, "SELECT core.enqueue(2::smallint, 0, '{}');\n", 4 if task == SUBMIT else 16, SUBMIT_S)
        if task == MANY:
            return 1000 * pgbench(self.n, "SELECT api.job_submit_many('system.noop', array_fill('{}'::jsonb, ARRAY[1000]));\n", 2, SUBMIT_S)
        jobs = SINGLES if task == ONE else JOBS if task == DRAIN else JOBS // 2
        if task == FAIR:
            jobs = max(TENANTS, jobs // TENANTS * TENANTS)
            self.fill_fair(jobs)
        else:
            self.fill(jobs)
        return self.drain(jobs, 1 if task == ONE else self.best)

    def empty(self):
        self.n.psql("TRUNCATE core.ready, core.lease")

    def latency(self):
        """By darkroom-workerd: from the submit's sending to the first line of its job in a runner."""
        self.empty()
        with self.paced as paced:
            return paced.run(RATE, RATE_S)["start"]


class Workerd:
    """darkroom-workerd: what a runner's process, a frame to it and one back add to a turn."""
    name, tasks, latency = "darkroom-workerd", (DRAIN,), None

    def __init__(self, n, darkroom):
        self.n, self.darkroom = n, darkroom

    def empty(self):
        self.darkroom.empty()

    def measure(self, task):
        n, jobs = self.n, max(1000, JOBS // 5)
        self.darkroom.fill(jobs)
        since = n.psql("SELECT clock_timestamp()")
        n.start("workerd")
        n.wait(lambda: n.psql("SELECT EXISTS (SELECT FROM core.ready) OR EXISTS (SELECT FROM core.lease)") == "f", 120, "drained")
        n.stop_part("workerd")
        done, took = n.rows("SELECT count(*), extract(epoch FROM max(finished_at) - min(started_at)) FROM core.done WHERE finished_at > '%s' AND kind = 2" % since)[0]
        if int(done) != jobs:
            raise RuntimeError("drained %s of %d" % (done, jobs))
        return jobs / float(took)


class Peer:
    """A program below peers/ run by node."""
    tasks = (SUBMIT, MANY, DRAIN, ONE, PINNED)

    def __init__(self, n, name, script):
        self.n, self.name, self.script = n, name, script
        self.call("setup")

    def call(self, what, *numbers):
        dsn = "postgres://postgres@/darkroom?host=" + self.n.pg_socket
        return json.loads(Node.run_tool([NODE, os.path.join(folder(self.n), self.script), dsn, what,
                                         *map(str, numbers)], timeout=PEER_S).splitlines()[-1])

    def measure(self, task):
        if task in (SUBMIT, MANY):
            out = self.call("submit" if task == SUBMIT else "submit_many", SUBMIT_S)
        else:
            jobs = SINGLES if task == ONE else JOBS if task == DRAIN else JOBS // 2
            self.call("fill", jobs)
            out = self.call("one_by_one" if task == ONE else "drain", jobs)
        return out["jobs"] / out["seconds"]

    def latency(self):
        return self.call("latency", RATE, RATE_S)["ms"]


class Graphile(Peer):
    def __init__(self, n):
        super().__init__(n, "graphile-worker 0.18", "graphile.js")

    def empty(self):
        self.n.psql("TRUNCATE graphile_worker._private_jobs")


class PgBoss(Peer):
    def __init__(self, n):
        super().__init__(n, "pg-boss 12.35", "pgboss.js")

    def empty(self):
        self.n.psql("TRUNCATE pgboss.job")


class Statements:
    """Contestants that are only SQL, driven by pgbench: one client script a task, no worker to start."""
    latency, tasks = None, (SUBMIT, WIDE, MANY, DRAIN, ONE, PINNED)

    def __init__(self, n):
        self.n = n

    def measure(self, task):
        if task in (SUBMIT, WIDE):
            return pgbench(self.n, self.submit, 4 if task == SUBMIT else 16, SUBMIT_S)
        if task == MANY:
            return 1000 * pgbench(self.n, self.submit_many, 2, SUBMIT_S)
        jobs, batch = (SINGLES, 1) if task == ONE else (JOBS if task == DRAIN else JOBS // 2, self.best)
        self.n.psql(self.fill % jobs)
        return batch * pgbench(self.n, self.turn % batch, 2, transactions=jobs // batch)


class Pgmq(Statements):
    name, best = "PGMQ's algorithm", 500
    submit = "SELECT pgmq.send('noop', '{}');\n"
    submit_many = "SELECT count(*) FROM pgmq.send_batch('noop', array_fill('{}'::jsonb, ARRAY[1000]));\n"
    fill = "SELECT count(*) FROM pgmq.send_batch('noop', array_fill('{}'::jsonb, ARRAY[%d]))"
    turn = ("SELECT coalesce(array_agg(msg_id), '{}') AS ids FROM pgmq.read('noop', 60, %d) \\gset\n"
            "SELECT count(*) FROM pgmq.archive('noop', :ids);\n")

    def __init__(self, n):
        super().__init__(n)
        with open(os.path.join(HERE, "peers", "pgmq.sql")) as f:
            n.psql(f.read())

    def empty(self):
        self.n.psql("TRUNCATE pgmq.q_noop")


class Floor(Statements):
    name, best = "bare statements", 100
    submit = "INSERT INTO floor.q DEFAULT VALUES;\n"
    submit_many = "INSERT INTO floor.q SELECT FROM generate_series(1, 1000);\n"
    fill = "INSERT INTO floor.q SELECT FROM generate_series(1, %d)"
    turn = ("WITH p AS MATERIALIZED (SELECT ctid FROM floor.q ORDER BY id LIMIT %d FOR UPDATE SKIP LOCKED), "
            "x AS (DELETE FROM floor.q WHERE ctid = ANY (ARRAY(SELECT ctid FROM p)) RETURNING id), "
            "i AS (INSERT INTO floor.r SELECT id, gen_random_uuid() FROM x RETURNING id) SELECT coalesce(array_agg(id), '{}') AS ids FROM i \\gset\n"
            "WITH x AS (DELETE FROM floor.r WHERE id = ANY (:ids) RETURNING id) INSERT INTO floor.d (id) SELECT id FROM x;\n")

    def __init__(self, n):
        super().__init__(n)
        n.psql("CREATE SCHEMA floor; CREATE TABLE floor.q (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
               "CREATE TABLE floor.r (id bigint PRIMARY KEY, token uuid); CREATE TABLE floor.d (id bigint, at timestamptz DEFAULT now())")

    def empty(self):
        self.n.psql("TRUNCATE floor.q, floor.r")


def pinned(n, fn):
    """Run fn while an old transaction holds the horizon: nothing can be vacuumed."""
    old = n.psql_session()
    old.send("BEGIN ISOLATION LEVEL REPEATABLE READ; CREATE TEMP TABLE pin (x int); SELECT count(*) FROM core.job;")
    n.wait(lambda: n.psql("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND backend_xmin IS NOT NULL") != "0", 30, "pinned")
    try:
        return fn()
    finally:
        old.close()


def note(figures, task, contestant, value):
    figures.setdefault(task, {}).setdefault(contestant.name, []).append(value)
    print("# %s: %s: %.5g" % (task, contestant.name, value), flush=True)


def attempt(contestant, fn):
    """fn(), or None, said aloud, when the program of a peer failed or hung: the round goes on without its figure."""
    try:
        return fn()
    except (RuntimeError, subprocess.TimeoutExpired) as e:
        if not isinstance(contestant, Peer):
            raise
        print("# left out: %s: %.300s" % (contestant.name, e), flush=True)
        return None


def play(n, contestants, figures):
    """One round: every task by every contestant, each from an empty queue."""
    for task in (SUBMIT, WIDE, MANY, DRAIN, ONE, PINNED, FAIR):
        for c in contestants:
            if task not in c.tasks:
                continue
            c.empty()
            before = n.psql("SELECT pg_current_wal_lsn()")
            v = attempt(c, lambda: pinned(n, lambda: c.measure(task)) if task == PINNED else c.measure(task))
            if v is None:
                continue
            note(figures, task, c, v)
            if task == DRAIN and not isinstance(c, Workerd):
                note(figures, WAL, c, float(n.psql("SELECT pg_current_wal_lsn() - '%s'" % before)) / JOBS)
    for c in contestants:
        if c.latency:
            c.empty()
            ms = attempt(c, c.latency)
            for task, q in ((P50, 0.5), (P99, 0.99)) if ms else ():
                note(figures, task, c, quantile(ms, q))


FRAMEWORKS = ("graphile-worker 0.18", "pg-boss 12.35")
# ratios against: the best framework, PGMQ's algorithm
TARGETS = {DRAIN: (">= 1.3", ">= 0.9"), ONE: (">= 1.5", ">= 1.5"), P50: ("<= 0.5", None), P99: ("<= 0.5", None)}
LIMITS = {SUBMIT: ">= 8000", WIDE: ">= 12000", MANY: ">= 100000", FAIR: ">= 20000", P50: "<= 1.5", P99: "<= 5", WAL: "<= 2200"}
UNITS = {P50: "ms", P99: "ms", WAL: "B"}


def report(figures):
    for task, by in figures.items():
        unit = UNITS.get(task, "1/s")
        mine = median(by[Darkroom.name])
        for name, xs in by.items():
            emit("queue", "%s: %s" % (task, name), median(xs), unit, target=LIMITS.get(task) if name == Darkroom.name else None, n=len(xs),
                 task=task, who=name, low=round(min(xs), 3), high=round(max(xs), 3), kind="limit" if name == Floor.name else None)
        rivals = [k for k in FRAMEWORKS if k in by]
        best = (max if unit == "1/s" else min)(rivals, key=lambda k: median(by[k])) if rivals else None
        for name, target in zip((best, Pgmq.name), TARGETS.get(task, (None, None))):
            if name in by:
                emit("queue", "%s: darkroom / %s" % (task, name), mine, unit, name, mine / median(by[name]), target, len(by[name]))
    for name, xs in ((k, xs) for k, xs in figures[PINNED].items() if k in figures[DRAIN]):
        free = median(figures[DRAIN][name])
        emit("queue", "%s: of the free drain, %s" % (PINNED, name), median(xs), "1/s", DRAIN, median(xs) / free,
             ">= 0.7" if name == Darkroom.name else None, len(xs))


def run():
    about("The queue", "The same tasks by every queue, over one PostgreSQL; one by one means a round trip and a commit for each job.",
          headline=DRAIN, **{"PostgreSQL": "synchronous_commit and fsync on, shared_buffers 1 GB, max_wal_size 8 GB, jit off",
                             Darkroom.name: "api.job_turn in batches of %d, two connections (tests/bench/drain.c); start latency by darkroom-workerd, submits by tests/bench/pace.c" % Darkroom.best,
                             "graphile-worker 0.18": "localQueue 500, completeJobBatchDelay 0, 24 jobs at once; one by one without these",
                             "pg-boss 12.35": "four loops of fetch and complete by 1,000; latency with work() and LISTEN/NOTIFY",
                             Pgmq.name: "plain SQL by pgbench, batches of %d; keeps neither attempts nor order among tenants" % Pgmq.best,
                             Floor.name: "delete and insert of narrow rows by pgbench, batches of %d" % Floor.best})
    began, figures = time.monotonic(), {}
    with Node("bench-queue", parts=("pg",), fsync=True, shared_buffers="1GB",
              conf={"light_size": 8, "pool_size": 0, "pool_min": 0, "lanes": "light,maint"}) as n:
        n.psql("ALTER SYSTEM SET max_wal_size = '8GB'")
        n.psql("SELECT pg_reload_conf()")
        lift_limits(n)
        darkroom = Darkroom(n)
        contestants = [darkroom, Workerd(n, darkroom)] + [c(n) for c in [*([Graphile, PgBoss] if folder(n) else []), Pgmq, Floor]]
        for _ in range(ROUNDS):
            if figures and time.monotonic() - began > BUDGET_S / 4:
                break
            play(n, contestants, figures)
    report(figures)
