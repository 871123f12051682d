"""What a long run looks at each second: processes from /proc, tables from the catalogue, statements from PostgreSQL's log.

Every figure is one line of JSON in the series file: {"series","t","metric","value","unit"}.
"""
import collections
import json
import os
import re
import subprocess
import time

from harness import PGBIN, TOP

END = "--end of answer--"
KIB = 1024


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
    """The file that tests/bench/report.py plots, and the same in memory."""

    def __init__(self, name):
        self.path = os.path.join(TOP, "run", "bench", name + ".jsonl")
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        self.file = open(self.path, "w")
        self.began = time.monotonic()
        self.points = collections.defaultdict(list)     # (series, metric) -> [(t, value)]

    def now(self):
        return time.monotonic() - self.began

    def add(self, series, metric, value, unit, t=None):
        t = self.now() if t is None else t
        self.points[series, metric].append((t, value))
        self.file.write(json.dumps({"series": series, "t": round(t, 2), "metric": metric, "value": value, "unit": unit}) + "\n")

    def last(self, series, metric, default=0):
        points = self.points.get((series, metric))
        return points[-1][1] if points else default

    def close(self):
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
            self.series.add(name, "rss", rss, "bytes", t)
            self.series.add(name, "descriptors", fds, "files", t)
            self.series.add(name, "processes", n, "processes", t)


# ---- the database ------------------------------------------------------------
TABLES = r"""
SELECT regexp_replace(s.relname, '_\d{8}$', ''), sum(pg_relation_size(s.relid)), sum(pg_indexes_size(s.relid)),
       sum(s.n_dead_tup), count(*)
  FROM pg_stat_user_tables s WHERE s.schemaname = 'core' GROUP BY 1 HAVING sum(pg_relation_size(s.relid)) > 0"""
WHOLE = """
SELECT pg_current_wal_lsn() - '0/0', (SELECT coalesce(sum(size), 0) FROM pg_ls_waldir()), pg_database_size(current_database()),
       (SELECT coalesce(max(age(a.backend_xmin)), 0) FROM pg_stat_activity a), (SELECT count(*) FROM pg_stat_activity),
       (SELECT count(*) FROM core.worker WHERE state <> 'gone')"""
GAUGES = (("wal_written", "bytes"), ("wal_kept", "bytes"), ("size", "bytes"), ("oldest_xmin", "transactions"), ("backends", "backends"),
          ("live_workers", "workers"))


class Tables:
    def __init__(self, node, series):
        self.sql, self.series = Sql(node), series

    def take(self):
        t = self.series.now()
        for name, heap, indexes, dead, parts in self.sql.rows(TABLES):
            for metric, value, unit in (("table", heap, "bytes"), ("indexes", indexes or 0, "bytes"), ("dead", dead, "rows"), ("parts", parts, "tables")):
                self.series.add("core." + name, metric, int(float(value)), unit, t)
        for (metric, unit), value in zip(GAUGES, self.sql.rows(WHOLE)[0]):
            self.series.add("database", metric, int(float(value)), unit, t)

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
            self.series.add("job_turn", "p50", quantile(now, 0.5), "ms", t)
            self.series.add("job_turn", "p99", quantile(now, 0.99), "ms", t)

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
    """Rows of what was promised: printed as a table, and the program's exit status."""

    def __init__(self):
        self.rows = []

    def at_most(self, what, value, bound, unit=""):
        self.rows.append((what, "%.6g %s" % (value, unit), "<= %.6g" % bound, value <= bound))

    def is_(self, what, value, want):
        self.rows.append((what, str(value), str(want), value == want))

    def told(self, what, value, unit=""):
        self.rows.append((what, "%.6g %s" % (value, unit), "", None))

    @property
    def exact(self):
        """Promises that hold on any machine at any speed: what is not a measure."""
        return [r for r in self.rows if r[3] is not None and not r[2].startswith("<=")]

    @property
    def kept(self):
        return all(r[3] is not False for r in self.rows)

    def table(self):
        word = {True: "kept", False: "NOT KEPT", None: ""}
        rows = [("what", "value", "bound", "")] + [(a, b, c, word[d]) for a, b, c, d in self.rows]
        widths = [max(len(r[i]) for r in rows) for i in range(4)]
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
        grown = growth([(t, rss) for t, rss, _ in late])
        bound = max(FLAT_BYTES, FLAT_SHARE * late[0][1])
        row = (grown / bound, grown, bound, max(r for _, r, _ in points), max(f for *_, f in points))
        worst[name] = max(worst.get(name, row), row)
    for name, (_, grown, bound, most, fds) in sorted(worst.items()):
        verdict.at_most("%s: growth of memory (most %.1f MiB, %d descriptors)" % (name, most / 2**20, fds), grown / KIB, bound / KIB, "KiB")
