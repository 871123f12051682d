"""Drain: 100,000 trivial jobs (system.noop) through two darkroom-workerd with their runners.

The floor is pgbench deleting and inserting the same number of narrow rows in batches of 100, two clients.
CPU is what all processes of a part have used, from /proc/PID/schedstat: on a busy machine it says more than the rate.
"""
import os
import re
import subprocess

from bench import PGBIN, Node, children, emit, lift_limits, rss_kib, within

JOBS = within(10) * 10_000
WORKERS = ("workerd", "workerd2")


def floor(n):
    """claim 100, commit, finish 100, commit, by bare statements."""
    n.psql("CREATE TABLE public.q (id bigint PRIMARY KEY); CREATE TABLE public.r (id bigint PRIMARY KEY, token uuid); "
           "CREATE TABLE public.d (id bigint, at timestamptz DEFAULT now()); INSERT INTO public.q SELECT generate_series(1, 400000)")
    script = n.path("floor.sql")
    with open(script, "w") as f:
        f.write("WITH p AS MATERIALIZED (SELECT ctid FROM public.q ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED), "
                "x AS (DELETE FROM public.q WHERE ctid = ANY (ARRAY(SELECT ctid FROM p)) RETURNING id), "
                "i AS (INSERT INTO public.r SELECT id, gen_random_uuid() FROM x RETURNING id) SELECT min(id) AS a, max(id) AS b FROM i \\gset\n"
                "WITH x AS (DELETE FROM public.r WHERE id BETWEEN :a AND :b RETURNING id) INSERT INTO public.d (id) SELECT id FROM x;\n")
    out = subprocess.run([os.path.join(PGBIN, "pgbench"), "-n", "-M", "prepared", "-f", script, "-c", "2", "-j", "2", "-t", str(JOBS // 200),
                          "-h", n.pg_socket, "-U", "postgres", "darkroom"], capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", out).group(1)) * 100


def cpu_us(pids):
    """Processor time of these processes, in microseconds; one that has ended counts nothing."""
    total = 0
    for pid in pids:
        try:
            with open("/proc/%d/schedstat" % pid) as f:
                total += int(f.read().split()[0])
        except OSError:
            continue
    return total / 1e3


def left(n):
    return n.psql("SELECT (SELECT count(*) FROM core.ready) + (SELECT count(*) FROM core.lease)")


def drain(n):
    """The rate, from the first claim to the last finish by the database's clock."""
    for _ in range(JOBS // 10_000):
        n.psql("SELECT cardinality(api.job_submit_many('system.noop', array_fill('{}'::jsonb, ARRAY[10000])))")
    n.psql("CHECKPOINT")
    before = cpu_us(children(n.pid("pg")))
    for part in WORKERS:
        n.start(part)
    n.wait(lambda: left(n) == "0", 300, "drained")
    pids = [n.pid(p) for p in WORKERS]
    for what, us in (("workerd", cpu_us(pids)), ("runners", cpu_us([c for p in pids for c in children(p)])),
                     ("PostgreSQL", cpu_us(children(n.pid("pg"))) - before)):
        emit("drain", "CPU of %s" % what, us / JOBS, "us/job", n=JOBS)
    return float(n.psql("SELECT count(*) / extract(epoch FROM max(finished_at) - min(started_at)) FROM core.done WHERE kind = 2"))


def run():
    conf = {"light_size": 2, "pool_size": 0, "pool_min": 0, "lanes": "light,maint"}
    with Node("bench-drain", parts=("pg",), fsync=True, shared_buffers="512MB", conf=conf) as n:
        lift_limits(n)
        rate = drain(n)
        emit("drain", "%d system.noop, 2 workers" % JOBS, rate, "1/s", "bare statements, batches of 100", rate / floor(n), n=JOBS)
        for part in WORKERS:
            emit("rss", "darkroom-%s after the drain" % part, rss_kib(n.pid(part)) / 1024, "MiB", target="<= 32", n=1)
