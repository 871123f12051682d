#!/usr/bin/python3
"""The sandbox itself dies in every state: the container dies with it, and a sweep removes the rest."""
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cases import container_uid, left_over, need_root, processes_of  # noqa: E402
from driver import BUILD, Sandbox, Tap  # noqa: E402

BUSY = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(1)
print('up', flush=True)
while True: pass
"""


def gone(base, seconds=5):
    end = time.monotonic() + seconds
    while processes_of(base):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def sweep(instance):
    return subprocess.run([os.path.join(BUILD, "darkroom-sandbox"), "--sweep", "--instance=" + instance],
                          capture_output=True, timeout=30).returncode


def main():
    need_root()
    t = Tap()
    with Sandbox(instance="alive%d" % os.getpid()) as other:
        other.wait_ready()
        for state in ("starting", "ready", "busy"):
            s = Sandbox(instance="crash%d" % os.getpid())
            base = None
            if state != "starting":
                s.wait_ready()
                base = container_uid(s)
            if state == "busy":
                s.submit(BUSY, limits={"wall_s": 60})
                s.until("usage")
            s.process.send_signal(signal.SIGKILL)
            s.process.wait()
            t.ok(base is None or gone(base), state + ": killed, and every process of the container is dead")
            t.is_(sweep("alive%d" % os.getpid()), 0, state + ": another instance's sweep")
            t.is_(sweep(s.instance), 0, state + ": a sweep")
            t.is_(left_over(s.instance), [], state + ": leaves nothing")
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
