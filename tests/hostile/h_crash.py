#!/usr/bin/python3
"""The sandbox itself dies in every state: the container dies with it, and a sweep removes the rest."""
import contextlib
import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import container_uid, left_over, need_root, processes_of  # noqa: E402
from driver import BUILD, Closed, Sandbox, Tap, until  # noqa: E402

BUSY = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(1)
print('up', flush=True)
while True: pass
"""


def born(pid):
    """When a process started; None: it is gone."""
    try:
        with open("/proc/%s/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return None


def gone(processes, seconds=5):
    """Those very processes: their uids belong to the next sandbox that starts anywhere on this host."""
    with contextlib.suppress(TimeoutError):
        return until(lambda: not any(born(pid) == start for pid, start in processes), seconds)
    return False


def sweep(instance):
    return subprocess.run([os.path.join(BUILD, "darkroom-sandbox"), "--sweep", "--instance=" + instance],
                          capture_output=True, timeout=30).returncode


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return [int(p) for p in f.read().split()]


def inits(sandbox):
    """The container's first process, once the runtime has made it."""
    out = []
    for pid in children(sandbox):
        try:
            with open("/proc/%d/comm" % pid) as f:
                out += [pid] * f.read().startswith("python")
        except (FileNotFoundError, ProcessLookupError):
            continue
    return out


def init_dies(t):
    """Somebody kills the container from outside: the sandbox says so and ends, heard or not."""
    for state in ("importing", "ready"):
        for heard in ("heard", "unheard"):
            s = Sandbox(instance="init%d" % os.getpid(), image="minimal")
            if state == "ready":
                s.wait_ready()
            until(lambda: inits(s.process.pid), 20, "a container", 0.001)
            if heard == "unheard":
                s.sock.shutdown(socket.SHUT_RD)     # our end to it stays open
            for pid in inits(s.process.pid):
                os.kill(pid, signal.SIGKILL)
            t.is_(s.process.wait(10), 75, "a container that dies while %s ends its sandbox, %s" % (state, heard))
            s.close()
    t.is_(left_over(s.instance), [], "and leaves nothing")


def killed_from_outside(t):
    """Whoever kills all of a container, script first, has not made the script fail: it is run again."""
    words = set()
    for _ in range(4):
        s = Sandbox(instance="outer%d" % os.getpid())
        s.wait_ready()
        base = container_uid(s)
        s.submit(BUSY, limits={"wall_s": 60})
        s.until("usage")
        for pid in sorted(processes_of(base), reverse=True) + inits(s.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        try:
            words.add(s.until("done")["outcome"]["reason"])
        except Closed:
            words.add("SANDBOX_FAILED")
        s.close()
    t.is_(words, {"SANDBOX_FAILED"}, "a job whose container is killed is never the script's failure")


def near_names(t):
    """An instance whose name begins with another's and a number is not that other's leftover."""
    with Sandbox(instance="near%d-2" % os.getpid()) as s:
        s.wait_ready()
        t.is_(sweep("near%d" % os.getpid()), 0, "a sweep of an instance with a shorter name")
        t.is_(s.run("print(1)").reason, None, "spares the longer one")


def main():
    need_root()
    t = Tap()
    init_dies(t)
    near_names(t)
    killed_from_outside(t)
    with Sandbox(instance="alive%d" % os.getpid()) as other:
        other.wait_ready()
        for state in ("starting", "ready", "busy"):
            s = Sandbox(instance="crash%d" % os.getpid())
            inside = []
            if state != "starting":
                s.wait_ready()
            if state == "busy":
                s.submit(BUSY, limits={"wall_s": 60})
                s.until("usage")
            if state != "starting":
                inside = [(pid, born(pid)) for pid in processes_of(container_uid(s))]
            s.process.send_signal(signal.SIGKILL)   # and nobody waits for it yet
            t.ok(gone(inside), state + ": killed, and each of %d processes of the container is dead" % len(inside))
            t.is_(sweep("alive%d" % os.getpid()), 0, state + ": another instance's sweep")
            t.is_(sweep(s.instance), 0, state + ": a sweep")
            t.is_(left_over(s.instance), [], state + ": leaves nothing")
            s.process.wait()
            s.close()
        r = other.run("print(1)")
        t.is_(r.reason, None, "the living sandbox was not swept away")
        job, folder = other.submit(BUSY, limits={"wall_s": 60})
        other.until("usage")
        other.send("kill", id="job-99", reason="CANCELLED")
        other.send("ping")
        other.until("pong")
        other.send("kill", id=job, reason="LEASE_REVOKED")
        r = other.result(folder)
        t.is_(r.reason, "LEASE_REVOKED", "the frame's reason is the outcome's")
        job, folder = other.submit("while True: pass", limits={"wall_s": 60})
        other.until("started")
        other.send("deadline", id=job, ms=200)
        t.is_(other.result(folder).reason, "TIMEOUT", "a deadline can be moved")
        other.wait_ready()
        other.send("nonsense")
        try:
            other.until("pong", 5)
            t.ok(False, "a frame of unknown type ends it")
        except Exception as e:
            t.like(e, "unknown type", "a frame of unknown type ends it")
    t.done()


main()
