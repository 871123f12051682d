"""Submit: POST /api/v1/privacy/execute -> committed -> 202, beside pgbench's INSERT one per transaction.

Three interleaved rounds on one node, PostgreSQL with synchronous_commit on; the load generator (wrk) shares
the two cores.  Bearer tokens first, then Ed25519 signatures made beforehand.
"""
import hashlib
import json
import os
import re
import subprocess

from bench import PGBIN, Node, emit, lift_limits, median

SECONDS = 6
ROUNDS = 3

LUA = """
local lines, i, id = {}, 0, 0
function setup(thread) id = id + 1; thread:set("id", id) end
function init(args)
  for line in io.lines("%(file)s") do lines[#lines + 1] = line end
  i = (id - 1) * math.floor(#lines / 2)
end
function request()
  i = i %% #lines + 1
  local h = { ["Host"] = "%(host)s", ["Content-Type"] = "application/json" }
  for k, v in string.gmatch(lines[i], "([%%w-]+)=([^ ]+)") do h[k] = string.gsub(v, "~", " ") end
  return wrk.format("POST", "/api/v1/privacy/execute", h, '%(body)s')
end
local bad = 0
function response(status) if status ~= 202 then bad = bad + 1; if bad == 1 then print("status " .. status) end end end
"""


def wrk(node, body, lines, conns, seconds=SECONDS):
    """-> (requests/s of 2xx, p50 ms, p99 ms, refused)"""
    data, lua = node.path("bench.txt"), node.path("bench.lua")
    with open(data, "w") as f:
        f.write("\n".join(lines) + "\n")
    with open(lua, "w") as f:
        f.write(LUA % {"file": data, "host": node.host, "body": body})
    out = subprocess.run(["wrk", "-t2", "-c%d" % conns, "-d%ds" % seconds, "--latency", "-s", lua, node.url],
                         capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    m = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    total = int(re.search(r"(\d+) requests in", out).group(1))
    refused = int(m.group(1)) if m else 0
    ms = {}
    for q, v, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s)\b", out):
        ms[q] = float(v) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]
    return rate * (total - refused) / max(1, total), ms["50"], ms["99"], refused


def pgbench(node, conns, seconds=SECONDS):
    """The limit: one INSERT of the same bytes and one commit a request, without nginx, front, checks or queue."""
    script = node.path("insert.sql")
    with open(script, "w") as f:
        f.write("INSERT INTO public.floor (spec) VALUES ('%s');\n" % json.dumps({"code": "print(1)" * 60}))
    out = subprocess.run([os.path.join(PGBIN, "pgbench"), "-n", "-M", "prepared", "-f", script, "-c", str(conns), "-j", "2", "-T", str(seconds),
                          "-h", node.pg_socket, "-U", "postgres", "darkroom"], capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", out).group(1))


def signed_lines(client, body, count):
    digest = hashlib.sha256(body.encode()).hexdigest()
    out = []
    for _ in range(count):
        h = client.headers("POST", "/api/v1/privacy/execute", digest)
        out.append(" ".join("%s=%s" % kv for kv in h.items()))
    return out


def run():
    with Node("bench-submit", parts=("pg", "fcgi", "nginx"), fsync=True) as n:
        lift_limits(n)
        n.psql("CREATE TABLE public.floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz DEFAULT now(), spec jsonb)")
        n.psql("INSERT INTO core.image (name, digest) VALUES ('minimal', 'sha256:%s')" % ("0" * 64))
        n.psql("UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
        _, consumer, lease = n.pair(kind="file")
        token = consumer.must("POST", "/api/v1/tokens", {"name": "bench", "scopes": ["job:submit"], "expires_in_s": 3600})["token"]
        body = json.dumps({"lease_id": lease, "code": "print(1)  # " + "x" * 400,
                           "inputs": [{"asset_id": "data_456", "variable_name": "features"}]}, separators=(",", ":"))
        bearer = ["Authorization=Bearer~" + token]
        wrk(n, body, bearer, 16, 2)     # warm-up
        res = {c: {"ours": [], "floor": []} for c in (16, 64)}
        p50, p99 = {16: [], 64: []}, {16: [], 64: []}
        for _ in range(ROUNDS):
            for c in (16, 64):
                r = wrk(n, body, bearer, c)
                res[c]["ours"].append(r[0]); p50[c].append(r[1]); p99[c].append(r[2])
                res[c]["floor"].append(pgbench(n, c))
        for c in (16, 64):
            ours, floor = median(res[c]["ours"]), median(res[c]["floor"])
            emit("submit", "bearer, %d connections" % c, ours, "1/s", "pgbench INSERT one per transaction", ours / floor,
                 ">= 3" if c == 64 else None, ROUNDS)
            emit("submit", "bearer, %d connections, p50" % c, median(p50[c]), "ms", n=ROUNDS)
            emit("submit", "bearer, %d connections, p99" % c, median(p99[c]), "ms", n=ROUNDS)
        # Signatures: each request signed by itself and used once, inside the time window.
        rate, p99s = [], []
        for _ in range(ROUNDS):
            lines = signed_lines(consumer, body, int(median(res[64]["ours"]) * (SECONDS + 1) * 1.5))
            r = wrk(n, body, lines, 64)
            rate.append(r[0]); p99s.append(r[2])
        emit("submit", "Ed25519, 64 connections", median(rate), "1/s", n=ROUNDS)
        emit("submit", "Ed25519, 64 connections, p99", median(p99s), "ms", target="<= 20", n=ROUNDS)
