"""What a read by id costs in PostgreSQL, by batch and by number of callers, and what HTTP does at 16 and 64 connections.

CPU is that of the processes themselves (/proc/PID/schedstat), so it means something on a busy machine too;
requests/s share the two cores with the load generator (wrk), the front, nginx and PostgreSQL.
"""
import contextlib
import ctypes
import ctypes.util
import json
import re
import subprocess

from bench import Node, children, emit, lift_limits, median, within

CALLERS = 32
JOBS = 20           # of each caller, finished and released
ROUNDS, SECONDS = within(3), within(4)
CALLS = within(6000, 640)   # of one figure, roughly

FINISH = """
DO $$
DECLARE
  v_worker int := api.worker_join('bench', 1, 'v', '{"compute": 1000}', '{}');
  v_data bytea := convert_to(repeat('a line of output' || chr(10), 8), 'UTF8');
  v_out jsonb := jsonb_build_object('state', 'completed', 'started', true, 'exit_code', 0, 'output_truncated', false,
    'usage', '{"wall_ms": 1200, "cpu_ms": 300, "memory_peak_bytes": 20000000}'::jsonb,
    'files', jsonb_build_array(jsonb_build_object('class', 'combined', 'name', 'combined', 'sha256', encode(sha256(v_data), 'hex'),
      'size', length(v_data), 'media_type', 'text/plain', 'store', 'pg', 'data_b64', encode(v_data, 'base64'))));
  v_ids uuid[];
  v_tokens uuid[];
BEGIN
  LOOP
    SELECT array_agg(t.id), array_agg(t.token) INTO v_ids, v_tokens
      FROM api.job_turn(v_worker, 1::smallint, '{}', '{}', '[]', 100, -1) t WHERE t.what = 'claim';
    EXIT WHEN v_ids IS NULL;
    PERFORM api.job_phase(v_ids, v_tokens, array_fill('running'::text, ARRAY[cardinality(v_ids)]));
    PERFORM api.job_turn(v_worker, 1::smallint, v_ids, v_tokens, (SELECT jsonb_agg(v_out) FROM unnest(v_ids)), 0, -1);
  END LOOP;
END $$
"""

LUA = """
local n, paths = 0, {}
for line in io.lines("%(file)s") do paths[#paths + 1] = line end
function request()
  n = n %% #paths + 1
  local token, path = string.match(paths[n], "(%%S+) (%%S+)")
  return wrk.format("GET", path, { ["Host"] = "%(host)s", ["Authorization"] = "Bearer " .. token })
end
local bad = 0
function response(status) if status ~= 200 then bad = bad + 1; if bad == 1 then print("status " .. status) end end end
"""


class Backend:
    """One connection by libpq, and the CPU of the process at its other end."""

    def __init__(self, dsn):
        self.pq = ctypes.CDLL(ctypes.util.find_library("pq"))
        for f in ("PQconnectdb", "PQexec", "PQprepare", "PQexecPrepared"):
            getattr(self.pq, f).restype = ctypes.c_void_p
        self.pq.PQgetvalue.restype = self.pq.PQresultErrorMessage.restype = ctypes.c_char_p
        self.c = ctypes.c_void_p(self.pq.PQconnectdb(dsn.encode()))
        self.pid = self.pq.PQbackendPID(self.c)

    def check(self, r):
        r = ctypes.c_void_p(r)
        if self.pq.PQresultStatus(r) not in (1, 2):
            raise RuntimeError(self.pq.PQresultErrorMessage(r).decode())
        return r

    def run(self, sql):
        self.pq.PQclear(self.check(self.pq.PQexec(self.c, sql.encode())))

    def prepare(self, name, sql):
        self.pq.PQclear(self.check(self.pq.PQprepare(self.c, name.encode(), sql.encode(), 0, None)))

    def call(self, name, *args):
        """-> the first column of the rows"""
        values = (ctypes.c_char_p * len(args))(*[a.encode() for a in args])
        r = self.check(self.pq.PQexecPrepared(self.c, name.encode(), len(args), values, None, None, 0))
        out = [self.pq.PQgetvalue(r, i, 0) for i in range(self.pq.PQntuples(r))]
        self.pq.PQclear(r)
        return out

    def cpu_us(self):
        return cpu_us(self.pid)

    def close(self):
        self.pq.PQfinish(self.c)


def cpu_us(pid):
    with open("/proc/%d/schedstat" % pid) as f:
        return int(f.read().split()[0]) / 1000


def array(texts):
    return "{%s}" % ",".join('"%s"' % t.replace("\\", "\\\\").replace('"', '\\"') for t in texts)


class Reads:
    """Calls of api.compute_result as the front makes them."""

    def __init__(self, node, calls):
        self.calls = calls      # (auth, request)
        self.db = Backend(node.dsn("darkroom_fcgi"))
        self.many = node.psql("SELECT count(*) FROM pg_proc WHERE proname = 'compute_result' AND proargtypes[0] = 'jsonb[]'::regtype") == "1"
        kind = "jsonb[]" if self.many else "jsonb"
        self.db.prepare("r", "SELECT (a).err, (a).* FROM api.compute_result($1::%s, $2::%s) a" % (kind, kind))

    def batch(self, calls):
        if self.many:
            rows = self.db.call("r", array([a for a, _ in calls]), array([r for _, r in calls]))
        else:
            self.db.run("BEGIN")
            rows = [self.db.call("r", a, r)[0] for a, r in calls]
            self.db.run("COMMIT")
        if len(rows) != len(calls) or any(rows):
            raise RuntimeError(rows)

    def cost(self, size, count):
        """Microseconds of the backend's CPU a read."""
        at = 0
        before = self.db.cpu_us()
        for _ in range(count // size):
            self.batch((self.calls[at:] + self.calls[:at])[:size])
            at = (at + size) % len(self.calls)
        return (self.db.cpu_us() - before) / (count // size * size)


def pairs(node, sql):
    return dict(line.split() for line in node.psql(sql).splitlines())


def prepare(node):
    """CALLERS consumers with finished computations; -> per caller its token's text, hash and ids."""
    node.psql("INSERT INTO core.image (name, digest) VALUES ('minimal', 'sha256:%s')" % ("0" * 64))
    node.psql("UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
    owner = node.principal("owner", ["owner"])
    owner.asset("data_456", b"1", kind="file")
    out = []
    for i in range(CALLERS):
        c = node.principal("consumer%d" % i, ["consumer"])
        token = c.must("POST", "/api/v1/tokens", {"name": "bench", "scopes": ["job:read"], "expires_in_s": 36000})
        lease = owner.grant(c, ["data_456"])
        ids = [c.submit(lease, "print(%d)" % k, {"x": "data_456"}) for k in range(JOBS)]
        out.append((token["token"], token["id"], ids))
    node.psql(FINISH)
    hashes = pairs(node, "SELECT id || ' ' || encode(sha256, 'hex') FROM core.token")
    uuids = pairs(node, "SELECT core.comp_id(public_id) || ' ' || public_id FROM core.computation WHERE release_state = 'released'")
    return [(text, hashes[token], [(i, uuids[i]) for i in ids]) for text, token, ids in out]


def calls_of(callers):
    """As they come: callers mixed, each with its next id."""
    return [(json.dumps({"mode": "token", "sha256": sha, "write": False, "scope": "job:read"}),
             json.dumps({"id": ids[k][1], "artifacts": "inline", "request_id": "r"}))
            for k in range(JOBS) for _, sha, ids in callers]


def wrk(node, callers, conns, seconds=SECONDS):
    with open(node.path("paths.txt"), "w") as f:
        f.writelines("%s /api/v1/privacy/results/%s\n" % (text, ids[k][0]) for k in range(JOBS) for text, _, ids in callers)
    with open(node.path("read.lua"), "w") as f:
        f.write(LUA % {"file": node.path("paths.txt"), "host": node.host})
    out = subprocess.run(["wrk", "-t2", "-c%d" % conns, "-d%ds" % seconds, "--latency", "-s", node.path("read.lua"), node.url],
                         capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        raise RuntimeError(out)
    return int(re.search(r"(\d+) requests in", out).group(1)), float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def tree(pid):
    """A process and all below it."""
    return [pid] + [p for c in children(pid) for p in tree(c)]


def cpu_of(pids):
    """CPU of each that still runs: autovacuum's processes come and go."""
    out = {}
    for p in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            out[p] = cpu_us(p)
    return out


def http_cost(node, callers, conns):
    """-> requests/s and CPU microseconds a request of PostgreSQL, front and nginx."""
    before = {part: cpu_of(tree(node.pid(part))) for part in ("pg", "fcgi", "nginx")}
    n, rate = wrk(node, callers, conns)
    after = {part: cpu_of(ps) for part, ps in before.items()}
    return rate, {part: sum(us - before[part][p] for p, us in ps.items()) / n for part, ps in after.items()}


def run():
    with Node("bench-read", parts=("pg", "fcgi", "nginx"), fsync=True) as n:
        lift_limits(n)
        callers = prepare(n)
        for who, some in (("1 caller", callers[:1]), ("%d callers" % CALLERS, callers)):
            reads = Reads(n, calls_of(some))
            reads.cost(64, CALLS)       # plans, caches
            for size in (1, 8, 32, 64):
                emit("readcost", "PostgreSQL, %s, %d in a batch" % (who, size), median([reads.cost(size, CALLS) for _ in range(ROUNDS)]), "us", n=ROUNDS)
            reads.db.close()
        for who, some in (("1 caller", callers[:1]), ("%d callers" % CALLERS, callers)):
            wrk(n, some, 64, 1)
            for conns in (16, 64):
                rows = [http_cost(n, some, conns) for _ in range(ROUNDS)]
                emit("readcost", "HTTP, %s, %d connections" % (who, conns), median([r for r, _ in rows]), "1/s", n=ROUNDS)
                for part in ("pg", "fcgi", "nginx"):
                    emit("readcost", "%s, %s, %d connections" % (part, who, conns), median([c[part] for _, c in rows]), "us", n=ROUNDS)
