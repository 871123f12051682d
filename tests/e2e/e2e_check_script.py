#!/usr/bin/python3
"""What a script sees and what leaves: checks 2, 3, 10, 11, 13, 17 and 18 of the compute specification, section 6."""
import base64
import hashlib
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402

LOOK = """
import json, os
def mode(p):
    st = os.stat(p)
    return {"readable": os.access(p, os.R_OK), "writable": os.access(p, os.W_OK), "uid": st.st_uid}
def try_write(p):
    try:
        open(p, "ab").close()
        return "opened"
    except OSError as e:
        return type(e).__name__
paths = ["/in/features.csv", "/data/data_456.csv", "/in/job.json"]
mounts = [l.split()[4] for l in open("/proc/self/mountinfo")]
print(json.dumps({"files": {p: mode(p) for p in paths}, "write": {p: try_write(p) for p in paths},
                  "in": sorted(x for x in os.listdir("/in") if x != ".data"), "data": sorted(os.listdir("/data")), "mounts": mounts,
                  "uid": os.getuid(),
                  "env": sorted(os.environ)}))
"""

LEAVE = """
import os, sys, time
marker = "tenant-one-marker-5f1c"
for folder in ("/tmp", "/dev/shm", "/workspace", "/out"):
    open(os.path.join(folder, "left-behind"), "w").write(marker)
keep = [marker * 1000]
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
sys.modules["builtins"].left_behind = marker
print("left")
"""

SEARCH = """
import glob, os, sys, builtins
found = []
if hasattr(builtins, "left_behind"):
    found.append("builtins")
for folder in ("/tmp", "/dev/shm", "/workspace", "/out", "/artifacts", "/var/tmp", "/run"):
    for root, dirs, files in os.walk(folder):
        found += [os.path.join(root, f) for f in files if f == "left-behind"]
me = str(os.getpid())
found += ["process " + p for p in os.listdir("/proc") if p.isdigit() and p != me and p != "1"]
import gc
found += ["memory" for o in gc.get_objects() if isinstance(o, list) and o and isinstance(o[0], str) and o[0].startswith("tenant-one-marker-5f1c" * 2)]
print("found:", found)
"""

# What a script can cause: the script, what else is asked for, reason code, the consumer's error line.
ENDS = (    # check 18
    ("raise ValueError('no')", {}, "EXCEPTION", "ValueError at line 1 of your script: no"),
    ("x = 1\n\ndef f():\n    return {}['k']\nf()", {}, "EXCEPTION", "KeyError at line 4 of your script: 'k'"),
    ("import sys\nsys.exit(3)", {}, "NONZERO_EXIT", "exit code 3"),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", {}, "SIGNALLED", "killed by signal 9"),
    ("import ctypes\nctypes.string_at(0)", {}, "SIGNALLED", "killed by signal 11"),
    ("def broken(:", {}, "EXCEPTION", "SyntaxError at line 1 of your script: invalid syntax (computation.py, line 1)"),
    ("import nothing_of_that_name", {}, "EXCEPTION", "ModuleNotFoundError at line 1 of your script: No module named 'nothing_of_that_name'"),
    ("import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)", {}, "SYSCALL_DENIED", "system call ptrace is not allowed"),
    ("open('/out/Result.csv', 'w').write('1')", {"outputs": ["result.csv"]}, "OUTPUT_MISSING", "declared output result.csv is missing"),
)

LIMITS = (  # check 17
    ("while True: pass", {"limits": {"wall_s": 1}}, "TIMEOUT", "wall time of 1 s reached"),
    ("b = []\nwhile True: b.append(bytearray(8 << 20))", {"limits": {"memory_mb": 64}}, "OOM", "out of memory: limit 64 MB"),
    ("import os\nwhile True: os.fork()", {"limits": {"wall_s": 20, "pids": 32}}, "PIDS_LIMIT", "limit of 32 processes reached"),
    ("f = open('/workspace/fill', 'wb')\nwhile True: f.write(b'x' * (1 << 20)); f.flush()", {"limits": {"disk_mb": 16}}, "DISK_FULL",
     "disk limit of 16 MB reached"),
    ("open('/out/sparse', 'wb').truncate(1 << 30)", {"limits": {"output_mb": 8, "disk_mb": 64}}, "OUTPUT_TOO_LARGE", "output is over the output_mb limit"),
)


def check_2(t, n, owner, consumer, lease):
    r = consumer.run(lease, LOOK, {"features": "data_456"})
    t.is_(r["status"], "completed", "check 2: a script looks around")
    see = json.loads(r["results"]["output"])
    for path, m in see["files"].items():
        t.ok(m["readable"] and not m["writable"], "check 2: %s is readable and not writable" % path)
        t.ok(see["write"][path] in ("OSError", "PermissionError"), "check 2: opening %s for writing fails" % path)
    t.ok(see["uid"] != 0, "check 2: the script is not root in its namespace")
    t.is_((see["in"], see["data"]), (["features.csv", "job.json"], ["data_456.csv"]), "check 2: only the leased asset is there")
    # /in/.data is where /data points to: the same asset under its other name
    inputs = [m for m in see["mounts"] if m.startswith("/in/") or m.startswith("/data/")]
    t.ok(all("features" in m or "data_456" in m for m in inputs), "check 2: the mount list holds the leased asset and nothing more")
    t.is_(see["env"], sorted(["HOME", "LANG", "OMP_NUM_THREADS", "PYTHONHASHSEED", "TMPDIR", "TZ"]), "the environment holds six names")


def check_3(t, n, owner, consumer, lease):
    data = bytes(range(256)) * 40
    code = "open('/out/blob.bin', 'wb').write(bytes(range(256)) * 40)\nopen('/artifacts/big.bin', 'wb').write(bytes(range(256)) * 4096)"
    comp = consumer.submit(lease, code, {"features": "data_456"})
    r = consumer.wait(comp)
    t.is_(base64.b64decode(r["results"]["artifacts"]["blob.bin"]), data, "check 3: an artifact comes back inline, byte for byte")
    meta = {m["name"]: m for m in r["artifact_meta"]}
    t.is_(meta["blob.bin"]["sha256"], hashlib.sha256(data).hexdigest(), "check 3: with its digest in artifact_meta")
    for name, whole in (("blob.bin", data), ("big.bin", bytes(range(256)) * 4096)):
        s, h, body = consumer.call("GET", meta[name]["url"], raw=True)
        t.is_((s, body), (200, whole), "check 3: %s downloads whole" % name)
        t.like(h.get("etag", ""), meta[name]["sha256"], "check 3: the ETag of %s is its digest" % name)
        s, h, body = consumer.call("GET", meta[name]["url"], headers={"Range": "bytes=100-299"}, raw=True)
        t.is_((s, body), (206, whole[100:300]), "check 3: and by range")
        t.is_(h.get("content-range"), "bytes 100-299/%d" % len(whole), "check 3: with its Content-Range")


def check_10(t, n, owner, consumer, lease):
    other = n.principal("tenant-two", ["consumer"])
    lease2 = owner.grant(other, ["data_456"])
    t.is_(consumer.run(lease, LEAVE, {"features": "data_456"})["status"], "completed", "check 10: the first tenant leaves markers")
    for _ in range(4):      # every container of the pool
        r = other.run(lease2, SEARCH, {"features": "data_456"})
        t.is_(r["results"]["output"].strip(), "found: []", "check 10: the second tenant finds none")


def check_11(t, n, owner, consumer, lease):
    owner.asset("secret_table", b"name,salary\nalpha-canary-77,991177\n")
    owner.must("PATCH", "/api/v1/assets/secret_table", {"release_mode": "hold"})
    lease = owner.grant(consumer, ["secret_table"])
    code = ("rows = open('/in/t.csv').read()\nprint(rows)\nimport sys\nprint(rows, file=sys.stderr)\nopen('/out/copy.csv', 'w').write(rows)\n"
            "raise ValueError(rows)")
    for text in (code, code.replace("raise ValueError(rows)", "")):
        comp = consumer.submit(lease, text, {"t": "secret_table"})
        n.wait(lambda: owner.result(comp)["phase"] in ("in_review", "failed"), 30, "finished")

        def leaks():
            seen = []
            for path in ("", "/artifacts/copy.csv", "/logs?stream=stdout", "/logs?stream=stderr", "/logs?stream=combined"):
                s, _, b = consumer.call("GET", "/api/v1/privacy/results/%s%s" % (comp, path), raw=True)
                if b"alpha-canary-77" in b or b"991177" in b:
                    seen.append(path or "result")
            s, _, b = consumer.call("GET", "/api/v1/privacy/computations/%s" % comp, raw=True)
            return seen + (["record"] if b"alpha-canary-77" in b else [])
        t.is_(leaks(), [], "check 11: held output does not leak before the decision")
        s, _, b = owner.call("POST", "/api/v1/privacy/results/%s/withhold" % comp, {"reason": "not this"})
        t.is_(leaks(), [], "check 11: nor after withhold (%d)" % s)
        r = consumer.result(comp)
        t.is_(r["status"], "failed", "check 11: withheld output is a failed result")
    t.is_(r.get("reason_code"), "OUTPUT_WITHHELD", "check 11: and says why")
    t.like(n.psql("SELECT coalesce(string_agg(detail::text, ' '), '') FROM core.event"), r"^(?!.*alpha-canary)", "check 11: no event holds it")
    comp = consumer.submit(lease, code.replace("raise ValueError(rows)", ""), {"t": "secret_table"})
    n.wait(lambda: owner.result(comp)["phase"] == "in_review", 30, "held")
    t.is_(consumer.result(comp)["status"], "pending", "held output is pending for the consumer")
    owner.must("POST", "/api/v1/privacy/results/%s/release" % comp)
    t.like(consumer.result(comp)["results"]["output"], "alpha-canary-77", "release lets it out")


def check_13(t, n, owner, consumer, lease):
    bad_assets = ["", "'; DROP TABLE core.job; --", "a\nb", "../../etc/passwd", "a/b", ".hidden", "a" * 65, "d\u0430ta", 'a"b', "a\u0000b"]
    bad_names = ["", "class", "None", "1x", "a-b", "a b", "x" * 65, "\u0445", "a\n", "__import__('os')", "match\u200b"]
    before = n.psql("SELECT count(*) FROM core.job")
    for kind, values in (("asset_id", bad_assets), ("variable_name", bad_names)):
        for v in values:
            one = {"asset_id": "data_456", "variable_name": "features", kind: v}
            s, _, b = consumer.call("POST", "/api/v1/privacy/execute", {"lease_id": lease, "code": "1", "inputs": [one]})
            t.ok(s == 400 and b["error"]["code"] in ("VALIDATION_ERROR", "INVALID_REQUEST"), "check 13: %s %r is refused" % (kind, v[:12]))
    one = {"asset_id": "data_456", "variable_name": "features"}
    s, _, b = consumer.call("POST", "/api/v1/privacy/execute", {"lease_id": lease, "code": "1", "inputs": [one, one]})
    t.is_(s, 400, "check 13: one variable twice is refused")
    t.is_(n.psql("SELECT count(*) FROM core.job"), before, "check 13: nothing was stored")


def main():
    need_root()
    t = Tap()
    with Node("check-script", conf={"pool_size": 2, "pool_max": 2}) as n:
        owner, consumer, lease = n.pair()
        args = (t, n, owner, consumer, lease)
        for fn in (check_2, check_3, check_10, check_11, check_13):
            with t.case(fn.__name__):
                fn(*args)
        for number, rows in ((18, ENDS), (17, LIMITS)):
            for code, more, reason, error in rows:
                with t.case("check %d: %s" % (number, reason)):
                    r = consumer.run(lease, code, {"features": "data_456"}, **more)
                    t.is_((r["status"], r.get("reason_code"), r.get("error")), ("failed", reason, error), "check %d: %r ends as %s" % (number, code[:30], reason))
                    hint = n.psql("SELECT hint FROM core.reason WHERE code = '%s'" % reason).replace("{near}", "Result.csv")
                    t.is_(r.get("hint"), hint, "check %d: with its hint" % number)
        with t.case("an input that is not what it says"):
            owner.asset("bad_rows", b'{"a": 1}\n{"a":\n', "jsonl")
            r = consumer.run(owner.grant(consumer, ["bad_rows"]), "print(1)", {"rows": "bad_rows"})
            t.is_((r.get("reason_code"), r.get("error")), ("INPUT_UNREADABLE", "input rows could not be read as jsonl"), "an input that does not parse")
        with t.case("cancelled by its consumer"):
            comp = consumer.submit(lease, "import time\ntime.sleep(600)", {"features": "data_456"})
            n.wait(lambda: consumer.result(comp)["phase"] == "running", 30, "running")
            consumer.must("POST", "/api/v1/privacy/results/%s/cancel" % comp)
            r = consumer.wait(comp)
            t.is_((r.get("reason_code"), r.get("error")), ("CANCELLED", "cancelled by you"), "cancelled")
        with t.case("check 17: flood"):
            r = consumer.run(lease, "print('x' * 3000000)", {"features": "data_456"})
            t.is_((r["status"], r["output_truncated"]), ("completed", True), "check 17: an output flood is cut and says so")
        n.wait(lambda: n.psql("SELECT sum((pool->>'ready')::int) FROM core.worker WHERE state = 'live'") == "2", 30, "pool back at its target")
        t.ok(True, "check 17: the pool is back at its target")
        t.is_(consumer.call("GET", "/readyz")[0], 200, "check 17: the node is healthy")
    t.done()


if __name__ == "__main__":
    main()
