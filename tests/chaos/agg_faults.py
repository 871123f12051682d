"""What is broken on two nodes that aggregate: a table of strikes, each of which ends processes without warning.

    hand = Hand(pair, random.Random(seed))
    hand.strike()           # one, drawn, on a node that is drawn; its parts run again when this returns
    hand.hit                # Counter of (node, strike)
"""
import collections
import contextlib
import os
import signal
import time

import procs

RUNNER = "darkroom-agg"
PARTS = ("pg", "workerd", "fcgi", "nginx")      # in the order in which they are started
AWAY_S = 2                                      # a database is away for up to this long
Strike = collections.namedtuple("Strike", "name weight hit")      # hit(hand, node) -> True, or False: there was nobody


class Hand:
    def __init__(self, pair, draw):
        self.pair, self.draw, self.hit = pair, draw, collections.Counter()

    def strike(self):
        n = self.draw.choice(self.pair.nodes)
        s = self.draw.choices(STRIKES, [x.weight for x in STRIKES])[0]
        self.revive(n)
        with contextlib.suppress(RuntimeError):     # of psql: the database is away
            if s.hit(self, n):
                self.hit[(n.name, s.name)] += 1
        self.revive(n)

    def struck(self, node, *names):
        return sum(self.hit[(node.name, s)] for s in names)

    @staticmethod
    def revive(n):
        """Whatever of it has ended is started, as an init system does."""
        for part in PARTS:
            if n.procs[part].poll() is not None:
                start(n, part)

    def kill_one(self, pids):
        if not pids:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.draw.choice(sorted(pids)), signal.SIGKILL)
            return True
        return False

    def pause(self):
        time.sleep(self.draw.uniform(0, AWAY_S))    # pause: how long it stays away is drawn


def start(n, part):
    """A postmaster refuses to start while a child of the dead one is still attached."""
    end = time.monotonic() + 120
    while True:
        try:
            return n.start(part)
        except RuntimeError:
            if time.monotonic() > end:
                raise


def end(n, part):
    """All of a part at once: of the database and nginx every process, whose parent could not take the others along."""
    p = n.procs[part]
    below = procs.children(p.pid) if part in ("pg", "nginx") else []
    for pid in [p.pid, *below]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    p.wait(30)
    n.wait(lambda: not [pid for pid in below if procs.exe(pid)], 30, "the end of what " + part + " had started")


# ---- a job and its runner --------------------------------------------------------
def fork(h, n):
    runners = n.of_workers(RUNNER)
    return h.kill_one([p for p in n.of_workers(RUNNER, below=True) if p not in runners])


def runner(h, n):
    return h.kill_one(n.of_workers(RUNNER))


def workerd(h, n):
    end(n, "workerd")
    return True


# ---- the front -------------------------------------------------------------------
def fronts(n):
    return procs.children(n.pid("fcgi"), "darkroom-fcgi")


def front(h, n):
    return h.kill_one(fronts(n))


def syncer(h, n):
    """Who writes large reports to the disk for a front."""
    return h.kill_one([pid for p in fronts(n) for pid in procs.children(p)])


def fcgi(h, n):
    end(n, "fcgi")
    return True


def nginx(h, n):
    end(n, "nginx")
    return True


def nginx_worker(h, n):
    return h.kill_one(procs.children(n.pid("nginx")))


# ---- the database ----------------------------------------------------------------
def connection(h, n):
    """Ended as an administrator ends it: nothing else dies."""
    pids = n.psql("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename IN ('darkroom_worker', 'darkroom_fcgi')").split()
    return bool(pids) and n.psql("SELECT pg_terminate_backend(%s)" % h.draw.choice(sorted(pids))) == "t"


def backend(h, n):
    """The postmaster throws out everybody and recovers."""
    return h.kill_one([p for p in procs.children(n.pid("pg")) if "darkroom_" in procs.cmdline(p)])


def pg_immediate(h, n):
    p = n.procs["pg"]
    p.send_signal(signal.SIGQUIT)
    p.wait(60)
    h.pause()
    return True


def pg_kill(h, n):
    end(n, "pg")
    h.pause()
    return True


def node(h, n):
    """The whole of it, as when the power goes, but for what the kernel had been told to write."""
    parts = list(PARTS)
    h.draw.shuffle(parts)
    for part in parts:
        end(n, part)
    h.pause()
    return True


STRIKES = [
    Strike("fork", 12, fork), Strike("runner", 6, runner), Strike("workerd", 5, workerd),
    Strike("front", 4, front), Strike("syncer", 3, syncer), Strike("fcgi", 3, fcgi), Strike("nginx", 2, nginx), Strike("nginx_worker", 2, nginx_worker),
    Strike("connection", 5, connection), Strike("backend", 3, backend), Strike("pg_immediate", 3, pg_immediate), Strike("pg_kill", 3, pg_kill),
    Strike("node", 2, node),
]
