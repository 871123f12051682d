"""Drain: 100,000 trivial jobs (system.noop) through two darkroom-workerd with their runners.

The floor is pgbench deleting and inserting the same number of narrow rows in batches of 100, two clients.
"""
import os
import re
import subprocess
import time

from bench import PGBIN, Node, emit, lift_limits, rss_kib

JOBS = 100_000


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


def run():
    with Node("bench-drain", parts=("pg",), fsync=True, conf={"light_size": 4, "pool_size": 0, "pool_min": 0, "lanes": "light,maint"}) as n:
        lift_limits(n)
        n.psql("SELECT count(api.job_submit('system.noop', '{}')) FROM generate_series(1, %d)" % JOBS)
        t0 = time.monotonic()
        n.start("workerd")
        n.start("workerd2")
        n.wait(lambda: n.psql("SELECT count(*) FROM core.done WHERE kind = 2") == str(JOBS), 300, "drained")
        rate = JOBS / (time.monotonic() - t0)
        emit("drain", "100,000 system.noop, 2 workers", rate, "1/s", "bare statements, batches of 100", rate / floor(n), n=JOBS)
        for part in ("workerd", "workerd2"):
            emit("rss", "darkroom-%s after the drain" % part, rss_kib(n.pid(part)) / 1024, "MiB", target="<= 32", n=1)
