"""Faults: a table of what can be broken and how it comes back.

Each is `name, weight, hit(breaker, strike) -> target or None`; None: there was nothing to hit.
What lasts puts its end on the agenda, so one thread breaks and mends in a known order.
"""
import collections
import contextlib
import os
import signal
import time

import procs

Fault = collections.namedtuple("Fault", "name weight hit")


class Breaker:
    def __init__(self, node, disk, agenda, ledger):
        self.node, self.disk, self.agenda, self.ledger = node, disk, agenda, ledger
        self.table = {f.name: f for f in FAULTS}

    def plan(self, plan):
        for s in plan.strikes:
            self.agenda.at(s.at, self.strike, s)

    def strike(self, s):
        self.ensure_up()
        target = self.table[s.name].hit(self, s)
        if target is None:
            self.ledger.missed(s.name)
        else:
            self.ledger.hit(time.monotonic(), s.name, target)

    # ---- parts -------------------------------------------------------------
    def workers(self):
        return [p for p in sorted(self.node.procs) if p.startswith("workerd")]

    def ensure_up(self):
        """A part that ended by itself (fcgi when the database vanished) is started as by an init system."""
        for part in ["pg", *self.workers(), "fcgi", "nginx"]:
            if self.node.procs[part].poll() is not None:
                self.restart(part)

    def restart(self, part):
        if part == "pg":
            self.start_pg()
        else:
            self.node.start(part)

    def start_pg(self):
        """A new postmaster refuses to start while a child of the dead one is still attached."""
        end = time.monotonic() + 60
        while True:
            try:
                self.node.start("pg")
                return
            except RuntimeError:
                if time.monotonic() > end:
                    raise

    def end(self, part, sig):
        """Signal a part, wait for its end, start it again."""
        p = self.node.procs[part]
        p.send_signal(signal.SIGCONT)
        p.send_signal(sig)
        p.wait(60)
        self.restart(part)
        return p.pid

    def pause(self, pid, seconds):
        os.kill(pid, signal.SIGSTOP)
        self.agenda.after(seconds, self.resume, pid)
        return pid

    @staticmethod
    def resume(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    def of_workers(self, program):
        return [pid for w in self.workers() for pid in procs.children(self.node.pid(w), program)]


def pick(targets, s):
    return targets[min(len(targets) - 1, int(s.pick * len(targets)))] if targets else None


def kill_one(targets, s, sig=signal.SIGKILL):
    pid = pick(targets, s)
    if pid is None:
        return None
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sig)
        return pid
    return None


# ---- the front ----------------------------------------------------------------
def fcgi_process(b, s):
    return kill_one(procs.children(b.node.pid("fcgi"), "darkroom-fcgi"), s)


def fcgi_pause(b, s):
    pid = pick(procs.children(b.node.pid("fcgi"), "darkroom-fcgi"), s)
    return b.pause(pid, s.hold) if pid else None


def fcgi_kill(b, s):
    return b.end("fcgi", signal.SIGKILL)


def fcgi_restart(b, s):
    return b.end("fcgi", signal.SIGTERM)


def nginx_kill(b, s):
    """Master and workers, as an init system kills a control group: orphans would keep the port."""
    p = b.node.procs["nginx"]
    os.killpg(p.pid, signal.SIGKILL)
    p.wait(10)
    b.restart("nginx")
    return p.pid


def nginx_worker(b, s):
    return kill_one(procs.children(b.node.pid("nginx"), "nginx"), s)


# ---- workers ------------------------------------------------------------------
def workerd_kill(b, s):
    return b.end(pick(b.workers(), s), signal.SIGKILL)


def workerd_restart(b, s):
    return b.end(pick(b.workers(), s), signal.SIGTERM)


def workerd_pause(b, s):
    return b.pause(b.node.pid(pick(b.workers(), s)), s.hold)


def sandbox_kill(b, s):
    return kill_one(b.of_workers("darkroom-sandbox"), s)


def sandbox_pause(b, s):
    pid = pick(b.of_workers("darkroom-sandbox"), s)
    return b.pause(pid, s.hold) if pid else None


def runner_kill(b, s):
    return kill_one(b.of_workers("darkroom-runner"), s)


def runner_pause(b, s):
    pid = pick(b.of_workers("darkroom-runner"), s)
    return b.pause(pid, s.hold) if pid else None


# ---- the database -------------------------------------------------------------
def pg_backend(b, s):
    """One backend dies: the postmaster throws out everybody and recovers."""
    pids = [p for p in procs.children(b.node.pid("pg")) if "darkroom_" in procs.cmdline(p)]
    return kill_one(pids, s)


def pg_immediate(b, s):
    return b.end("pg", signal.SIGQUIT)


def pg_fast(b, s):
    return b.end("pg", signal.SIGINT)


def pg_kill(b, s):
    return b.end("pg", signal.SIGKILL)


# ---- the disk -----------------------------------------------------------------
def disk_full(b, s):
    b.disk.fill()
    b.agenda.after(min(s.hold, 4), b.disk.free)
    return "disk"


FAULTS = [
    Fault("fcgi_process", 16, fcgi_process), Fault("fcgi_pause", 3, fcgi_pause),
    Fault("fcgi_kill", 5, fcgi_kill), Fault("fcgi_restart", 3, fcgi_restart),
    Fault("nginx_kill", 5, nginx_kill), Fault("nginx_worker", 8, nginx_worker),
    Fault("workerd_kill", 10, workerd_kill), Fault("workerd_restart", 3, workerd_restart),
    Fault("workerd_pause", 4, workerd_pause),
    Fault("sandbox_kill", 18, sandbox_kill), Fault("sandbox_pause", 3, sandbox_pause),
    Fault("runner_kill", 14, runner_kill), Fault("runner_pause", 3, runner_pause),
    Fault("pg_backend", 3, pg_backend), Fault("pg_immediate", 2, pg_immediate),
    Fault("pg_fast", 1, pg_fast), Fault("pg_kill", 2, pg_kill),
    Fault("disk_full", 3, disk_full),
]
