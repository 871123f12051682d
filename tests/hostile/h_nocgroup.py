#!/usr/bin/python3
"""Hosts without some, or without any, control groups: limits are kept by rlimits and a watch.

Real parts: in a mount namespace of this test's own, controllers are unmounted one after the other.
"""
import os
import shutil
import subprocess
import sys

from cases import case, honest, judge, left_over
from driver import BUILD, SLOW, Sandbox, Tap, need_root

ROOT = "/sys/fs/cgroup"
MEMORY = {"memory_mb": 64, "disk_mb": 64, "wall_s": int(20 * SLOW)}
PIDS = {"pids": 24, "wall_s": int(5 * SLOW)}
CASES = [
    case("bomb", ("OOM", "EXCEPTION"), "x = []\nwhile True: x.append(bytearray(1 << 20))", limits=MEMORY),
    case("one big allocation", ("OOM", "EXCEPTION"), "x = bytearray(1 << 30)", limits=MEMORY),
    case("slow growth", "OOM", "import time\nx = []\nwhile True:\n    x.append(bytearray(1 << 20)); time.sleep(0.004)",
         limits=MEMORY, check=lambda r: r.detail["memory_mb"] == 64),
    case("bomb in children", "OOM", """
import os
for _ in range(4):
    if os.fork() == 0:
        x = []
        while len(x) < 40: x.append(bytearray(b'x' * (1 << 20)))
        os.read(0, 1)
        while True: pass
for _ in range(4): assert os.wait()[1] == 0
""", limits=MEMORY),
    case("pages that children share with their parent count once", None, """
import os, time
x = b'x' * (40 << 20)
pids = []
for _ in range(6):
    pid = os.fork()
    if pid == 0:
        time.sleep(0.3); os._exit(0)
    pids.append(pid)
for pid in pids: os.waitpid(pid, 0)
""", limits=MEMORY),
    case("shared anonymous memory", "OOM", """
import mmap
m = mmap.mmap(-1, 1 << 30)
for i in range(0, len(m), 4096): m[i] = 1
while True: pass
""", limits=MEMORY),
    case("memory that no process maps is refused", "EXCEPTION", "import os; os.memfd_create('x')", limits=MEMORY,
         check=lambda r: r.outcome["error"]["type"] == "PermissionError"),
    case("files of the job are not its memory", None, """
import mmap, time
with open('/workspace/x', 'w+b') as f:
    for _ in range(56): f.write(bytes(1 << 20))
    f.flush()
    m = mmap.mmap(f.fileno(), 0)
    for i in range(0, len(m), 4096): m[i] = 1
    x = b'x' * (30 << 20)
    time.sleep(0.2)
""", limits=MEMORY),
    case("a full disk", "DISK_FULL", "with open('/tmp/x', 'wb') as f:\n    while True: f.write(bytes(1 << 20))", limits=MEMORY),
    case("fork bomb, linear", "PIDS_LIMIT", """
import os, time
while True:
    if os.fork() == 0: time.sleep(100)
""", limits=PIDS, check=lambda r: r.detail["pids"] == 24),
    case("fork bomb that never gives up", "TIMEOUT", """
import os
while True:
    try: os.fork()
    except OSError: pass
""", limits={**PIDS, "wall_s": 3, "cpus": 1}),
    case("threads", "PIDS_LIMIT", """
import threading, time
for _ in range(100): threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
""", limits=PIDS),
    case("as many threads as allowed", None, """
import threading
ts = [threading.Thread(target=lambda: bytearray(1 << 16)) for _ in range(20)]
for t in ts: t.start()
for t in ts: t.join()
""", limits=PIDS),
    case("left-over daemon", None, "import os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(100)", limits=PIDS,
         check=lambda r: r.seconds < 2 * SLOW),
    case("its limits cannot be raised", "EXCEPTION", """
import resource
resource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096))
""", limits=PIDS),
]
TIME = case("a budget of processor time", "TIMEOUT", """
import os
for _ in range(3): os.fork()
while True: pass
""", limits={"wall_s": 3, "cpus": 1, "pids": 32})

# What is unmounted in addition, with the limits then in force; in the second all that is ours is gone but the
# runtime still has groups, in the third there are none at all and only crun can do without.
STAGES = [
    ("no pids", ["pids"], {"pids": "rlimit"}, []),
    ("no memory, pids", ["memory"], {"memory": "rlimit+watch", "pids": "rlimit"}, []),
    ("no memory, pids, cpu, freezer", ["cpu", "cpuacct", "freezer"],
     {"memory": "rlimit+watch", "pids": "rlimit", "cpu": "rlimit+watch"}, [TIME]),
    ("no control groups", None, {"memory": "rlimit+watch", "pids": "rlimit", "cpu": "rlimit+watch", "kill": "pid namespace"}, [TIME]),
]


def mounted():
    with open("/proc/self/mounts") as f:
        return [line.split()[1] for line in f if line.split()[2] in ("cgroup", "cgroup2")]


def doctor():
    p = subprocess.run([os.path.join(BUILD, "darkroom-sandbox"), "--doctor"], capture_output=True, text=True)
    said = dict(line.split(None, 1)[1].split(": ", 1) for line in p.stdout.splitlines() if line.startswith("limit "))
    return p.returncode, said


def stage(t, name, expect, cases):
    status, said = doctor()
    t.is_(status, 0, "the doctor: " + name + " is no obstacle")
    t.ok(all(said.get(k) == v for k, v in expect.items()), "and it says what keeps the limits: %s" % said)
    with Sandbox() as s:
        s.wait_ready()
        for c in cases:
            with t.case(name + ": " + c.name):
                judge(t, c, s.run(c.code, **c.more))
                honest(t, s, c.name)
        t.is_(s.close(), 0, name + ": it ends in good order")
    t.is_(left_over(s.instance), [], name + ": no group and no mount is left")


def main():
    need_root()
    t = Tap()
    v2 = os.path.exists(ROOT + "/cgroup.controllers")
    for name, gone, expect, more in STAGES[3 if v2 else 0:]:
        if gone is None and not shutil.which("crun"):
            t.diag("crun is not installed, and only it runs without control groups")
            continue
        for path in mounted():
            if gone is None or path in [ROOT + "/" + g for g in gone]:
                subprocess.run(["umount", path], check=True)
        stage(t, name, expect, CASES + more if len(expect) != 1 else CASES[-6:])
    t.done()


if os.environ.get("NOCGROUP_ALONE"):
    main()
else:
    need_root()
    os.environ["NOCGROUP_ALONE"] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, os.path.abspath(__file__)])
