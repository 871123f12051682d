#!/usr/bin/python3
"""What a running script writes and uses, as its owner, its consumer and an operator see it; `darkroom logs --follow`,
`watch` and `top`; the SDK's events.  Check 11 of the compute specification: with held data the consumer sees nothing."""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, TOP, Node, Tap, need_root  # noqa: E402
from sse import Stream  # noqa: E402

need_root()
t = Tap()
CLI = os.path.join(BUILD, "darkroom")
TICKS = """
import sys, time, os
os.open('/tmp/f', os.O_CREAT | os.O_WRONLY)
data = bytearray(40 << 20)
open('/tmp/g', 'wb').write(bytes(4 << 20))
for k in range(%d):
    print('tick', k, flush=True)
    print('err', k, file=sys.stderr, flush=True)
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        pass
"""


def env(n, who):
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": n.path("home"), "DARKROOM_URL": n.url, "DARKROOM_KEY_FILE": n.clients[who].key_file,
            "PYTHONPATH": os.path.join(TOP, "sdk"), "PYTHONDONTWRITEBYTECODE": "1"}


def logs(comp, stream="combined", wait=""):
    return "/api/v1/privacy/results/%s/logs?stream=%s%s" % (comp, stream, wait)


def live(n, owner, consumer, lease):
    comp = consumer.submit(lease, TICKS % 24, {"x": "data_456"})
    n.wait(lambda: consumer.result(comp)["phase"] == "running", 30, "running")
    cli = subprocess.Popen([CLI, "logs", comp, "-f"], env=env(n, "owner"), stdout=subprocess.PIPE, text=True)
    s, h, b = owner.call("GET", logs(comp, wait="&wait=10"))
    t.ok(s == 200 and b.startswith("tick 0\nerr 0\n") and h["x-darkroom-log-run"] == "1", "the owner reads the output of a script that runs")
    start = time.monotonic()
    s, h, more = owner.call("GET", logs(comp, wait="&wait=20"), headers={"Range": "bytes=%d-" % len(b)})
    t.ok(s == 206 and h["content-range"].startswith("bytes %d-" % len(b)) and time.monotonic() - start < 8, "and what comes next, when it comes")
    t.is_((b + more).split("\n")[:2], ["tick 0", "err 0"], "in one piece")
    s, _, b = owner.call("GET", logs(comp, "stderr", "&wait=10"))
    t.ok(s == 200 and b.startswith("err 0\n") and "tick" not in b, "each stream by itself")
    s, _, b = consumer.call("GET", logs(comp, wait="&wait=1"))
    t.is_((s, b["error"]["code"]), (404, "INVALID_REQUEST"), "check 11: its consumer reads nothing before release")
    op = n.client("operator")
    t.is_(op.call("GET", logs(comp))[0], 403, "nor does an operator")

    n.wait(lambda: "pids" in owner.result(comp).get("usage", {}), 20, "a beat that says what it uses")
    u = owner.result(comp)["usage"]
    t.ok(u["memory_peak_bytes"] > 40 << 20 and u["disk_bytes"] >= 4 << 20 and u["cpu_ms"] > 0 and u["pids"] >= 1, "the owner sees exact use: %s" % u)
    u = consumer.result(comp)["usage"]
    t.ok(set(u) <= {"cpu_s", "memory_peak_mb", "wall_s"} and u["memory_peak_mb"] % 16 == 0, "the consumer rounded: %s" % u)
    p = subprocess.run([CLI, "top", "--once"], env=env(n, "operator"), capture_output=True, text=True)
    t.like(p.stdout, comp + r"\s+running\s", "top shows what runs")
    row = [r for r in json.loads(subprocess.run([CLI, "top", "--once", "--json"], env=env(n, "operator"), capture_output=True, text=True).stdout)["queue"]["running"]
           if r["job"] == comp][0]
    t.ok(row["memory_peak_mb"] > 40 and row["disk_mb"] >= 4 and row["pids"] >= 1, "with what it uses: %s" % row)

    out = cli.communicate(timeout=60)[0]
    r = consumer.wait(comp)
    t.is_(out, r["results"]["output"], "darkroom logs --follow printed all of it, once (%d bytes)" % len(out))
    t.is_(cli.returncode, 0, "and ended with it")
    t.is_(n.psql("SELECT count(*) FROM core.log_part"), "0", "no piece is left")


def held(n, owner, consumer):
    """Check 11 while the script runs."""
    owner.asset("held_1", b"secret-marker\n", "file")
    owner.must("PATCH", "/api/v1/assets/held_1", {"release_mode": "hold"})
    lease = owner.grant(consumer, ["held_1"])
    comp = consumer.submit(lease, "import time\nprint(x.read_text(), flush=True)\ntime.sleep(4)\nraise ValueError(x.read_text())", {"x": "held_1"})
    seen = []
    with Stream(consumer, "/api/v1/privacy/results/%s/events" % comp) as s:
        for event, data in s.events():
            seen.append(json.dumps(data))
            if data["phase"] == "running":
                b = owner.call("GET", logs(comp, wait="&wait=10"))[2]
                t.ok("secret-marker" in b, "the owner sees what the script prints")
                for stream in ("stdout", "stderr", "combined"):
                    seen.append(str(consumer.call("GET", logs(comp, stream))))
            if event == "end":
                break
    seen.append(json.dumps(consumer.result(comp)))
    t.is_([x for x in seen if "secret" in x], [], "check 11: the consumer sees none of it in events, logs and result, while it runs and after")


def tools(n, consumer, lease):
    comp = consumer.submit(lease, "import time\ntime.sleep(1)", {"x": "data_456"})
    p = subprocess.run([CLI, "watch", comp], env=env(n, "consumer"), capture_output=True, text=True, timeout=60)
    t.is_([line.split()[1] for line in p.stdout.splitlines() if line.split()[1] != "collecting"], ["queued", "starting", "running", "released"], "darkroom watch prints each phase")
    t.is_(p.returncode, 0, "and ends well with a job that does")
    every = subprocess.Popen([CLI, "watch"], env=env(n, "consumer"), stdout=subprocess.PIPE, text=True)
    n.wait(lambda: n.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1000 AND objid = 1") != "0", 20, "it follows")
    bad = consumer.submit(lease, "raise SystemExit(3)", {"x": "data_456"})
    last = next((line for line in iter(every.stdout.readline, "") if bad in line and "failed" in line), "")
    t.like(last, "^%s  phase failed" % bad, "darkroom watch without an id follows all jobs")
    every.terminate()
    every.communicate()
    code = ("from darkroom import DarkroomClient\nimport sys\n"
            "with DarkroomClient() as c:\n    print([s['phase'] for s in c.events(sys.argv[1])])\n")
    p = subprocess.run(["/usr/bin/python3", "-c", code, bad], env=env(n, "consumer"), capture_output=True, text=True, timeout=60)
    t.like(p.stdout, r"^\['queued', .*'failed'\]$", "the SDK yields each phase")
    t.diag(p.stderr[-500:])


def main():
    with Node("livelogs") as n:
        os.makedirs(n.path("home"), exist_ok=True)
        n.psql("UPDATE core.setting SET value = '1000000' WHERE name ~ '^rate_'")
        owner, consumer, lease = n.pair(kind="file")
        for part, args in ((live, (n, owner, consumer, lease)), (held, (n, owner, consumer)), (tools, (n, consumer, lease))):
            with t.case(part.__name__):
                part(*args)
    t.done()


main()
