"""What a long run looks at each second: processes from /proc, tables from the catalogue, statements from PostgreSQL's log.

Every figure is one line of JSON in run/bench/NAME.jsonl, of the kinds that tests/bench/report.py draws.
"""
import collections
import json
import os
import re
import subprocess
import time

from bench import machine
from harness import PGBIN, TOP

END = "--end of answer--"
KIB, MIB = 1 << 10, 1 << 20


class Sql:
    """One open psql that answers."""

    def __init__(self, node, role="postgres"):
        self.p = subprocess.Popen([os.path.join(PGBIN, "psql"), "-XqAt", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-h", node.pg_socket,
                                   "-U", role, "-d", "darkroom"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def rows(self, sql):
        """-> list of tuples of text"""
        self.p.stdin.write("%s;\n\\echo %s\n" % (sql, END))
        self.p.stdin.flush()
        out = []
        for line in self.p.stdout:
            line = line.rstrip("\n")
            if line == END:
                return out
            out.append(tuple(line.split("\x1f")))
        raise RuntimeError("psql: " + " ".join(x[0] for x in out)[-500:])

    def one(self, sql):
        return self.rows(sql)[0][0]

    def close(self):
        self.p.stdin.close()
        self.p.wait(60)
        self.p.stdout.close()


class Series:
    """The file that tests/bench/report.py draws, and the same in memory."""

    def __init__(self, name, title, text):
        self.name = name
        path = os.path.join(TOP, "run", "bench", name + ".jsonl")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.file = open(path, "w")
        self.began = time.monotonic()
        self.points = collections.defaultdict(list)     # (who, metric) -> [(t, value)]
        self.line(**machine())
        self.line(about=name, title=title, text=text)

    def line(self, **fields):
        self.file.write(json.dumps(fields) + "\n")

    def now(self):
        return time.monotonic() - self.began

    def add(self, who, metric, value, unit, t=None):
        t = self.now() if t is None else t
        self.points[who, metric].append((t, value))
        self.line(series=self.name, t=round(t, 2), metric=metric, who=who, value=round(value, 3), unit=unit)

    def mark(self, text):
        self.line(series=self.name, t=round(self.now(), 2), mark=text)
        print("%4d s  %s" % (self.now(), text), flush=True)

    def last(self, who, metric, default=0):
        points = self.points.get((who, metric))
        return points[-1][1] if points else default

    def close(self, verdict):
        for what, number, unit, bound, kept in verdict.rows:
            if type(number) in (int, float):
                bounded = kept is not None and all(what != row[0] for row in verdict.exact)
                self.line(bench=self.name, metric=what, value=number, unit=unit, peer=None, ratio=None, n=None,
                          target="<= %.6g" % bound if bounded else None, met=kept if bounded else None)
        self.file.close()


# ---- processes ---------------------------------------------------------------
def read(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError:
        return b""


def parents():
    """pid -> parent, of every process there is"""
    out = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        fields = read("/proc/%s/stat" % pid).rpartition(b")")[2].split()
        if fields and fields[0] != b"Z":
            out[int(pid)] = int(fields[1])
    return out


def below(roots, tree):
    """The roots and everything under them."""
    kids = collections.defaultdict(list)
    for pid, parent in tree.items():
        kids[parent].append(pid)
    out, todo = [], [r for r in roots if r in tree]
    while todo:
        pid = todo.pop()
        out.append(pid)
        todo += kids[pid]
    return out


def label(pid):
    """Name of a process of ours; None for scripts and what passes by."""
    try:
        exe = os.path.basename(os.readlink("/proc/%d/exe" % pid))
    except OSError:
        return None
    if exe == "postgres":
        title = read("/proc/%d/cmdline" % pid).replace(b"\0", b" ").decode(errors="replace")
        m = re.match(r"postgres: (\w+) darkroom ", title)
        return "pg " + m.group(1) if m else None
    return exe if exe == "nginx" or exe.startswith("darkroom-") else None


def memory(pid):
    """Bytes that are its own: of a backend without the shared buffers it touched."""
    text = read("/proc/%d/status" % pid).decode()
    fields = dict(re.findall(r"^(VmRSS|RssAnon):\s+(\d+) kB", text, re.M))
    name = "RssAnon" if text.startswith("Name:\tpostgres") else "VmRSS"
    return int(fields[name]) * KIB if name in fields else None


def descriptors(pid):
    try:
        return len(os.listdir("/proc/%d/fd" % pid))
    except OSError:
        return None


class Census:
    """Memory and descriptors of every daemon process of a node."""

    def __init__(self, node, series):
        self.node, self.series = node, series
        self.seen = collections.defaultdict(list)       # (label, pid) -> [(t, rss, fds)]

    def take(self):
        tree, t = parents(), self.series.now()
        worst = collections.defaultdict(lambda: [0, 0, 0])
        for pid in below([p.pid for p in list(self.node.procs.values())], tree):
            name = label(pid)
            rss, fds = (memory(pid), descriptors(pid)) if name else (None, None)
            if rss is None or fds is None:
                continue
            self.seen[name, pid].append((t, rss, fds))
            w = worst[name]
            worst[name] = [max(w[0], rss), max(w[1], fds), w[2] + 1]
        for name, (rss, fds, n) in worst.items():
            self.series.add(name, "memory", rss / MIB, "MiB", t)
            self.series.add(name, "descriptors", fds, "files", t)
            self.series.add(name, "processes", n, "processes", t)


# ---- the database ------------------------------------------------------------
BUSY = ("ready_0", "ready_1", "lease", "later", "job", "done", "attempt", "worker", "idem", "nonce", "event", "computation", "artifact", "blob", "rate")
TABLES = r"""
SELECT regexp_replace(s.relname, '_\d{8}$', ''), sum(pg_relation_size(s.relid)), sum(pg_indexes_size(s.relid)),
       sum(s.n_dead_tup), count(*)
  FROM pg_stat_user_tables s
 WHERE s.schemaname = 'core' AND regexp_replace(s.relname, '_\d{8}$', '') = ANY ('{%s}')
 GROUP BY 1""" % ",".join(BUSY)
WHOLE = """
SELECT pg_current_wal_lsn() - '0/0', (SELECT coalesce(sum(size), 0) FROM pg_ls_waldir()), pg_database_size(current_database()),
       (SELECT coalesce(max(age(a.backend_xmin)), 0) FROM pg_stat_activity a), (SELECT count(*) FROM pg_stat_activity),
       (SELECT count(*) FROM core.worker WHERE state <> 'gone')"""
GAUGES = (("wal_written", "MiB"), ("wal_kept", "MiB"), ("size", "MiB"), ("oldest_xmin", "transactions"), ("backends", "backends"),
          ("live_workers", "workers"))


class Tables:
    def __init__(self, node, series):
        self.sql, self.series = Sql(node), series

    def take(self):
        t = self.series.now()
        for name, heap, indexes, dead, parts in self.sql.rows(TABLES):
            for metric, value, unit in (("table", heap, "MiB"), ("indexes", indexes or 0, "MiB"), ("dead", dead, "rows"), ("parts", parts, "tables")):
                self.series.add("core." + name, metric, float(value) / (MIB if unit == "MiB" else 1), unit, t)
        for (metric, unit), value in zip(GAUGES, self.sql.rows(WHOLE)[0]):
            self.series.add("database", metric, float(value) / (MIB if unit == "MiB" else 1), unit, t)

    def close(self):
        self.sql.close()


class Turns:
    """Time of each api.job_turn that PostgreSQL logs: see LongNode."""
    LINE = re.compile(r"duration: ([\d.]+) ms  execute [^:]*: .*api\.job_turn")

    def __init__(self, node, series):
        self.series, self.ms = series, []       # [(t, ms)]
        self.log = open(node.path("log", "pg.log"), errors="replace")
        self.log.seek(0, os.SEEK_END)
        self.rest = ""

    def take(self):
        lines = (self.rest + self.log.read()).split("\n")
        self.rest = lines.pop()
        t, now = self.series.now(), []
        for line in lines:
            m = self.LINE.search(line)
            if m:
                now.append(float(m.group(1)))
        self.ms += [(t, ms) for ms in now]
        if now:
            self.series.add("p50", "job_turn", quantile(now, 0.5), "ms", t)
            self.series.add("p99", "job_turn", quantile(now, 0.99), "ms", t)

    def close(self):
        self.log.close()


# ---- figures -----------------------------------------------------------------
def quantile(xs, q):
    xs = sorted(xs)
    return xs[min(len(xs) - 1, int(len(xs) * q))] if xs else 0.0


def growth(points):
    """What (t, value) grew by along its fitted line."""
    n = len(points)
    mt, mv = sum(t for t, _ in points) / n, sum(v for _, v in points) / n
    var = sum((t - mt) ** 2 for t, _ in points)
    if var == 0:
        return 0.0
    return sum((t - mt) * (v - mv) for t, v in points) / var * (points[-1][0] - points[0][0])


class Verdict:
    """Rows of what was promised: (what, value, unit, bound or value wanted or None, kept or None), and the program's exit status."""

    def __init__(self):
        self.rows, self.exact = [], []

    def at_most(self, what, value, bound, unit=""):
        """A measure: it depends on the machine."""
        self.rows.append((what, value, unit, bound, value <= bound))

    def is_(self, what, value, want):
        """What holds on any machine at any speed: also in `exact`."""
        self.rows.append((what, value, "", want, value == want))
        self.exact.append(self.rows[-1])

    def told(self, what, value, unit=""):
        self.rows.append((what, value, unit, None, None))

    @property
    def kept(self):
        return all(r[4] is not False for r in self.rows)

    def table(self):
        def text(x, unit=""):
            return "" if x is None else "%.6g %s" % (x, unit) if isinstance(x, float) else "%s %s" % (x, unit)
        word = {True: "kept", False: "NOT KEPT", None: ""}
        exact = {r[0] for r in self.exact}
        rows = [("what", "value", "bound", "")]
        rows += [(what, text(v, unit), ("" if what in exact or bound is None else "<= ") + text(bound), word[kept]) for what, v, unit, bound, kept in self.rows]
        widths = [min(60, max(len(r[i]) for r in rows)) for i in range(4)]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in rows)


WARM = 0.4              # of a process's life: caches fill
FLAT_BYTES, FLAT_SHARE = 2 << 20, 0.10


def memory_verdict(verdict, census, least_s):
    """Each process that lived at least least_s: its memory's fitted line after the warm-up, and its descriptors."""
    worst = {}
    for (name, pid), points in census.seen.items():
        if points[-1][0] - points[0][0] < least_s:
            continue
        late = [p for p in points if p[0] >= points[0][0] + WARM * (points[-1][0] - points[0][0])]
        grown = max(0.0, growth([(t, rss) for t, rss, _ in late]))
        bound = max(FLAT_BYTES, FLAT_SHARE * late[0][1])
        row = (grown / bound, grown, bound, max(r for _, r, _ in points), max(f for *_, f in points))
        worst[name] = max(worst.get(name, row), row)
    for name, (_, grown, bound, most, fds) in sorted(worst.items()):
        verdict.at_most("%s: growth of memory" % name, grown / KIB, bound / KIB, "KiB")
        verdict.told("%s: most memory" % name, most / MIB, "MiB")
        verdict.told("%s: most descriptors" % name, fds)
