"""Faults: a table of what can be broken and how it comes back.

Each is `name, weight, kills, hit(breaker, strike) -> target, None or LATER`; kills: it ends a process
without warning; None: there was nothing to hit; LATER: what was laid out tells when it strikes.
What lasts puts its end on the agenda, so one thread breaks and mends in a known order; only disks
get their room back by themselves.
"""
import collections
import contextlib
import dataclasses
import os
import signal
import threading
import time

import procs

Fault = collections.namedtuple("Fault", "name weight kills hit")
LATER = object()
POINT_WAIT = 10         # seconds in which somebody should pass a point
SECOND_CHOICE = "sandbox_kill"      # when a fault that kills finds nobody


class Breaker:
    def __init__(self, node, disks, relay, points, names, agenda, ledger):
        self.node, self.relay, self.points, self.names = node, relay, points, names
        self.disk, self.pg_disk = disks
        self.agenda, self.ledger = agenda, ledger
        self.table = {f.name: f for f in FAULTS}

    def plan(self, plan):
        for s in plan.strikes:
            self.agenda.at(s.at, self.strike, s)

    def strike(self, s):
        self.ensure_up()
        self.judge(s, self.table[s.name].hit(self, s))

    def judge(self, s, target):
        """Every planned kill kills somebody: what found nobody strikes elsewhere."""
        fault = self.table[s.name]
        if target is LATER:
            return
        if target is not None:
            self.ledger.hit(s.name, target, fault.kills)
            return
        self.ledger.missed(s.name)
        if fault.kills:
            self.agenda.after(0.5, self.strike, dataclasses.replace(s, name=SECOND_CHOICE))

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
        """A new postmaster refuses to start while a child of the dead one is still attached, and on a full disk."""
        end = time.monotonic() + 60
        self.pg_disk.free()
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


def container_kill(b, s):
    """The runtime that makes a container, or the container's first process."""
    return kill_one([pid for box in b.of_workers("darkroom-sandbox") for pid in procs.children(box)], s)


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


def pg_terminate(b, s):
    """Connections end as an administrator ends them; nothing else dies."""
    with contextlib.suppress(RuntimeError):
        pids = b.node.psql("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename IN ('darkroom_fcgi', 'darkroom_worker')").split()
        pid = pick(pids, s)
        return pid if pid and b.node.psql("SELECT pg_terminate_backend(%s)" % pid) == "t" else None
    return None


# ---- the disks ----------------------------------------------------------------
def full(disk, seconds):
    """By a clock of its own: whoever breaks things next may have to wait for a part that needs the room."""
    disk.fill()
    threading.Timer(seconds, disk.free).start()
    return "disk"


def disk_full(b, s):
    return full(b.disk, min(s.hold, 4))


def pg_full(b, s):
    """Where the log cannot be written the server ends itself, and does not come up before there is room."""
    return full(b.pg_disk, min(s.hold, 3))


# ---- between nginx and the front ----------------------------------------------
def link_cut(b, s):
    return b.relay.cut() or None


def link_bite(b, s):
    b.relay.cut_next(int(s.pick * 400))
    return "link"


# ---- named points -------------------------------------------------------------
def point(b, s):
    """Lay one out, in a place of the table and for one of the next few that pass."""
    name = b.names[int(s.pick * len(b.names))]
    if b.points.armed(name):
        return None
    b.points.arm(name, 1 + int(s.pick * 1000) % 4)
    b.agenda.after(POINT_WAIT, point_due, b, s, name)
    return LATER


def point_due(b, s, name):
    b.judge(s, None if b.points.disarm(name) else name)


FAULTS = [
    Fault("fcgi_process", 12, True, fcgi_process), Fault("fcgi_kill", 5, True, fcgi_kill),
    Fault("nginx_kill", 5, True, nginx_kill), Fault("nginx_worker", 7, True, nginx_worker),
    Fault("workerd_kill", 9, True, workerd_kill), Fault("sandbox_kill", 14, True, sandbox_kill),
    Fault("container_kill", 4, True, container_kill), Fault("runner_kill", 10, True, runner_kill),
    Fault("pg_backend", 2, True, pg_backend), Fault("pg_immediate", 2, True, pg_immediate),
    Fault("pg_kill", 2, True, pg_kill), Fault("point", 28, True, point),
    Fault("fcgi_pause", 3, False, fcgi_pause), Fault("fcgi_restart", 3, False, fcgi_restart),
    Fault("workerd_restart", 3, False, workerd_restart), Fault("workerd_pause", 4, False, workerd_pause),
    Fault("sandbox_pause", 3, False, sandbox_pause), Fault("runner_pause", 3, False, runner_pause),
    Fault("pg_fast", 1, False, pg_fast), Fault("pg_terminate", 6, False, pg_terminate),
    Fault("disk_full", 3, False, disk_full), Fault("pg_full", 2, False, pg_full),
    Fault("link_cut", 4, False, link_cut), Fault("link_bite", 4, False, link_bite),
]
