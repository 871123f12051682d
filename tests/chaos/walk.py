#!/usr/bin/python3
"""Walk the whole table of named points: kill once at each, under traffic, and audit it all at the end.

    tests/chaos/walk.py [--only NAME,...] [--settle S]

Points of the front and of the other daemons are walked side by side, those of darkroom-migrate on a
database of their own.  Some are only passed when something special is done; the table STIMULI does it.
At last a worker is frozen with a finished result in its hands until others have run the job: it wakes
up to nothing.
"""
import argparse
import contextlib
import hashlib
import http.client
import itertools
import os
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
from chaos import TOP, Storm, run_node, wait_for  # noqa: E402
import points  # noqa: E402
import procs  # noqa: E402
from agenda import Agenda  # noqa: E402
from clients import Clients  # noqa: E402
from disk import enter_namespace  # noqa: E402
from faults import Breaker  # noqa: E402
from harness import BUILD, Tap, need_root  # noqa: E402
from plan import Noops, Script, Upload  # noqa: E402

STRIKE_S = 25           # within this a point must be passed
AGAIN_S = 4             # else what leads there is done again
EVERY_S = 0.25          # one script, some jobs of the node
TTL_MS = 8000           # for the frozen worker: one beat and a bit


class Traffic:
    """A plan that is made as it goes: all shapes that pass points, until it is told to end."""
    seed = 1
    kills = 0
    shapes = ("noise", "big", "plain", "small", "raise", "sleep")

    def __init__(self, clients, agenda):
        self.clients, self.agenda = clients, agenda
        self.scripts, self.uploads, self.noops = [], [], []
        self.n, self.over = itertools.count(), False

    @property
    def jobs(self):
        return len(self.scripts) + len(self.uploads) + sum(b.count for b in self.noops)

    def step(self):
        if self.over:
            return
        self.agenda.after(EVERY_S, self.step)
        n = next(self.n)
        self.scripts.append(Script("w%d" % n, self.shapes[n % len(self.shapes)], sleep=0.2, consumer=n % 3, replay=0.5 if n % 5 == 0 else 0))
        self.agenda.at(0, self.clients.submit, self.scripts[-1])
        self.noops.append(Noops(1, n, 0, 4, n % 3))
        self.agenda.at(0, self.clients.noops, self.noops[-1])
        if n % 4 == 0:
            self.store(n)
        if n % 8 == 3:
            self.noops.append(Noops(2, n, 0, 1, 0, "system.retain"))
            self.agenda.at(0, self.clients.noops, self.noops[-1])
        if len(self.scripts) > 8:       # n is not their number: bursts count, too
            self.agenda.at(0, self.read, self.scripts[-9])

    def store(self, n):
        self.uploads.append(Upload("x%d" % n, 0, ("file", "tar")[n // 4 % 2], (300, 60000)[n // 8 % 2], n % 3 == 0, 0))
        self.agenda.at(0, self.clients.upload, self.uploads[-1])

    def burst(self):
        """More than the runners can take at once."""
        for lane in (0, 1):
            self.noops.append(Noops(3 + lane, next(self.n), 0, 60, 5))
            self.clients.noops(self.noops[-1])

    def read(self, script):
        """An answer of many slices, where there is one already."""
        if script.key in self.clients.ledger.accepted:
            with contextlib.suppress(AssertionError):
                self.clients.read(script)


class Walk(Storm):
    def start(self):
        self.work, self.harm = Agenda(), Agenda()
        self.clients = Clients(self.world, self.work, self.ledger)
        self.traffic = Traffic(self.clients, self.work)
        self.plans.append(self.traffic)
        self.breaker = Breaker(self.node, self.disks, self.node.relay, self.node.points, [], self.harm, self.ledger)
        self.lock = threading.Lock()
        self.work.at(0, self.traffic.step)
        self.work.run(4)

    def up(self):
        with self.lock:
            self.breaker.ensure_up()

    def walk(self, table):
        front = [p for p in table if p.who == "fcgi" and not p.name.startswith("dap.")]    # those: e2e_dap_kill.py
        # points of jobs in forks, which this traffic has none of: e2e_cred_kill.py, e2e_dap_kill.py
        back = [p for p in table if p.who not in ("fcgi", "migrate") and not p.name.startswith(("agg.", "cred.", "fork.", "segment."))]
        lanes = [threading.Thread(target=self.lane, args=(x,)) for x in (front, back)]
        for t in lanes:
            t.start()
        for t in lanes:
            t.join()
        self.up()

    def lane(self, table):
        for p in table:
            began = time.monotonic()
            self.node.points.arm(p.name)
            struck, again = False, began
            while not struck and time.monotonic() < began + STRIKE_S:
                if time.monotonic() >= again:
                    STIMULI.get(p.name, nothing)(self)
                    again = time.monotonic() + AGAIN_S
                self.up()
                struck = not self.node.points.armed(p.name)
                time.sleep(0.02)    # pause: between two looks, at which the node is also raised again
            self.node.points.disarm(p.name)
            self.ledger.hit("point", p.name, True)
            self.tap.ok(struck, "%s: killed there (%.1f s)" % (p.name, time.monotonic() - began))

    def finish(self):
        self.traffic.over = True
        self.tap.ok(self.work.join(self.settle), "every client is done")
        self.clients.stop.set()
        self.work.close()
        for f in self.work.failed:
            self.tap.ok(False, "the harness itself: " + f)

    # ---- frozen ------------------------------------------------------------
    def frozen(self):
        """Stopped with everything published and the finish not sent: others run the job, the late finish writes nothing."""
        self.node.psql("UPDATE core.setting SET value = '%d' WHERE name = 'worker_ttl_ms'" % TTL_MS)
        seen = len(self.node.points.struck())
        self.node.points.arm("publish.done", 1, "stop")
        if not self.tap.ok(wait_for(lambda: len(self.node.points.struck()) > seen, STRIKE_S), "a worker is stopped between result and finish"):
            return
        pid = int(self.node.points.struck()[-1][1])
        part = next(p for p in self.breaker.workers() if self.node.pid(p) == pid)
        worker = self.node.psql("SELECT max(id) FROM core.worker WHERE pid = %d" % pid)
        fenced = len(self.node.log_events(part, "job.fenced"))
        self.ledger.hit("workerd_pause", pid, False)
        # the reaper ends what was lost for the last time in the name of the worker that lost it
        over = ("SELECT count(*) > 0 AND bool_and(d.worker <> a.worker OR d.reason = 'QUARANTINED') FROM core.attempt a LEFT JOIN core.done d ON d.id = a.id "
                "WHERE a.worker = %s AND a.reason = 'WORKER_LOST' HAVING count(*) = count(d.id)" % worker)
        self.tap.ok(wait_for(lambda: self.node.psql(over) == "t", 60), "the jobs that it held ran elsewhere")
        os.kill(pid, signal.SIGCONT)
        self.tap.ok(wait_for(lambda: len(self.node.log_events(part, "job.fenced")) > fenced, 20), "it wakes, and its finish is fenced off")
        self.tap.is_(self.node.psql(over), "t", "and nothing was written by it")
        self.node.psql("UPDATE core.setting SET value = '20000' WHERE name = 'worker_ttl_ms'")


# ---- what makes a point be passed ------------------------------------------------
def nothing(w):
    """Traffic passes it."""


def kill_workers(w):
    """Killed amid their work and started again: there is something to sweep."""
    with w.lock:
        for part in w.breaker.workers():
            w.ledger.hit("workerd_kill", w.node.pid(part), True)
            w.node.kill(part)
    w.up()


def kill_sandboxes(w):
    for pid in w.breaker.of_workers("darkroom-sandbox"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_amid(w):
    """Killed while a job's folder is there."""
    wait_for(lambda: any(len(d) == 36 for d in os.listdir(w.node.path("spool"))), AGAIN_S)
    kill_workers(w)


def kill_all(w):
    """Sandboxes and their worker at once: their groups are left to the next start's sweep."""
    wait_for(lambda: w.node.cgroups(), AGAIN_S)
    with w.lock:
        for part in w.breaker.workers():
            os.kill(w.node.pid(part), signal.SIGSTOP)
            for pid in procs.children(w.node.pid(part)):
                os.kill(pid, signal.SIGKILL)
            w.ledger.hit("workerd_kill", w.node.pid(part), True)
            w.node.kill(part)
    w.up()


def restart_workers(w):
    """An orderly end."""
    for part in w.breaker.workers():
        with w.lock:
            w.node.procs[part].send_signal(signal.SIGTERM)
        w.ledger.hit("workerd_restart", w.node.pid(part), False)
    for part in w.breaker.workers():
        w.node.procs[part].wait(60)
    w.up()


def lose_runners(w):
    """Runners die between a claim and its answer: the worker, told to end, has jobs that nobody can take."""
    w.traffic.burst()
    seen = len(w.node.points.struck())
    w.node.points.arm("turn.sent", 1, "stop")
    if not wait_for(lambda: len(w.node.points.struck()) > seen, AGAIN_S):
        w.node.points.disarm("turn.sent")
        return
    pid = int(w.node.points.struck()[-1][1])
    for child in procs.children(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    w.ledger.hit("workerd_restart", pid, False)
    for sig in (signal.SIGTERM, signal.SIGCONT):
        os.kill(pid, sig)
    wait_for(lambda: all(w.node.procs[p].poll() is not None for p in w.breaker.workers() if w.node.pid(p) == pid), STRIKE_S)


def heard(call):
    """Until it is answered: the front is being killed meanwhile."""
    def once():
        with contextlib.suppress(OSError, http.client.HTTPException):
            return call()[0] in (200, 201, 204, 404)
        return False
    return wait_for(once, STRIKE_S)


def doom(w):
    """A blob that nothing refers to any more, long written."""
    data, owner = os.urandom(40000), w.world.owner
    sha = hashlib.sha256(data).hexdigest()
    w.node.psql("UPDATE core.setting SET value = '0' WHERE name = 'blob_grace_s'")
    heard(lambda: owner.call("PUT", "/api/v1/assets/doomed?kind=file", data))
    heard(lambda: owner.call("DELETE", "/api/v1/assets/doomed"))
    age(w.node.path("blobs", sha[:2], sha[2:]))
    kill_workers(w)


def stray(w):
    """A file without a row, in the folder that is looked at first."""
    os.makedirs(w.node.path("blobs", "00"), exist_ok=True)
    for n in itertools.count():
        text = b"stray %d" % n
        sha = hashlib.sha256(text).hexdigest()
        if sha.startswith("00"):
            break
    path = w.node.path("blobs", "00", sha[2:])
    with open(path, "wb") as f:
        f.write(text)
    age(path)
    kill_workers(w)


def stale_cache(w):
    """An unpacking that was given up an hour ago: the next eviction takes it."""
    path = w.node.path("cache", "tar", "tmp-0123456789abcdef01234567")
    os.makedirs(path, exist_ok=True)
    age(path)
    kill_workers(w)


def age(path):
    old = time.time() - 2 * 86400
    os.utime(path, (old, old))


STIMULI = {
    "slot.born": kill_sandboxes, "sandbox.entered": kill_sandboxes, "box.making": kill_sandboxes, "box.made": kill_sandboxes,
    "worker.locked": kill_workers, "worker.joined": kill_workers, "beat.sent": kill_workers, "house.swept": kill_amid,
    "return.sent": lose_runners, "worker.leaving": restart_workers, "cgroup.swept": kill_all,
    "house.doomed": doom, "house.unlinked": doom, "blob.away": doom, "orphan.marked": stray, "evict.renamed": stale_cache,
}


# ---- migrations -----------------------------------------------------------------
def migrations(node, tap):
    """Killed at every file, before its commit and after it: each next run goes on where the ledger ends."""
    files = len([f for f in os.listdir(os.path.join(TOP, "sql", "schema")) if f.endswith(".sql")]) + 1
    for point, nth, kills in (("migrate.ran", 2, files - 1), ("migrate.committed", 1, files)):
        db = point.replace(".", "_")
        node.psql("CREATE DATABASE " + db, db="postgres")
        argv = [os.path.join(BUILD, "darkroom-migrate"), "--database=host=%s user=postgres dbname=%s" % (node.pg_socket, db),
                "--sql-dir=" + os.path.join(TOP, "sql"), "up"]
        ends = []
        while not ends or ends[-1] == -signal.SIGKILL:
            node.points.arm(point, nth)
            p = subprocess.run(argv, env={**os.environ, "DR_FAULT_DIR": node.points.path}, capture_output=True, text=True)
            ends.append(p.returncode)
        node.points.disarm(point)
        tap.is_(ends, [-signal.SIGKILL] * kills + [0], "%s: killed there at each of %d files, and it goes on to the end" % (point, kills))
        tap.like(subprocess.run(argv, capture_output=True, text=True).stdout, "up to date", point + ": nothing is missing")
        node.psql("DROP DATABASE " + db, db="postgres")


def walk(tap, settle, only=()):
    def body(node, disks):
        w = Walk(node, disks, tap, settle)
        table = [p for p in points.table(TOP) if not only or p.name in only]
        migrations(node, tap)
        w.start()
        try:
            w.walk(table)
            w.frozen()
        finally:
            w.finish()
        w.drain()
        w.audit()
    run_node(tap, body, copies=True)


def main():
    need_root()
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--only", type=lambda s: s.split(","), default=())
    p.add_argument("--settle", type=float, default=120)
    a = p.parse_args()
    enter_namespace()
    tap = Tap()
    walk(tap, a.settle, a.only)
    tap.done()


if __name__ == "__main__":
    main()
