#!/usr/bin/python3
"""prio1 on a disk that is really full: every stage ends with the name of the file that had no room, waits like for a peer,
and goes on when there is some; no file that was half written is ever taken for one."""
import contextlib
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Tap, need_root  # noqa: E402
from prio import Pair  # noqa: E402

PAGE = 4096
BITS, PARTS, RECORDS = 200, 3, 30       # a part's state is 20 pages
STAGES = ("verify1", "verify2", "aggregate", "publish")
NO_ROOM = "No space left on device"
# what an error must name: an object, a file of the run's folder, a file of the ledger, or the folder of files without a name
NAMED = re.compile(r"(put|fetch) (raw|intermediate|processed)/|progress: [a-z]|ledger: .*seen|mkdir \w|cannot write /|a file without a name in /|the id of the state folder")


class Disk:
    """A tmpfs; room(n) leaves n pages of it."""

    def __init__(self, path, pages):
        os.makedirs(path, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % (pages * PAGE), "full", path], check=True)
        self.path, self.filler = path, os.path.join(path, ".filler")

    def free(self):
        st = os.statvfs(self.path)
        return st.f_bfree * st.f_bsize // PAGE

    def room(self, pages):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.filler)
        take = self.free() - pages
        if take > 0:
            with open(self.filler, "wb") as f:
                os.posix_fallocate(f.fileno(), 0, take * PAGE)


def pair(folder):
    """-> a pair and its right sums"""
    rng, sums = random.Random(4), [0] * BITS
    p = Pair(folder, bits=BITS)
    for i in range(PARTS):
        answers = [[rng.randrange(2) for _ in range(BITS)] for _ in range(RECORDS)]
        sums = [s + sum(column) for s, column in zip(sums, zip(*answers))]
        p.answers("part-%05d.ndjson" % i, answers)
    p.ready()
    return p, sums


def look(p, side, *more):
    """-> exit status, stage, what it says"""
    rc, s, err = p.run(side, "--once", *more)
    said = (s[0].get("error") or s[0].get("waits_for") or "") if s else err
    return rc, s[0]["stage"] if s else "start", said


def half_written(p):
    """Objects that are no whole lines of JSON, and ledgers that are no digests."""
    bad = []
    for top in ("a", "b"):
        for d, _, names in os.walk(p.path(top)):
            for n in (n for n in names if n.startswith("part-")):
                with open(os.path.join(d, n), "rb") as f:
                    data = f.read()
                try:
                    [json.loads(line) for line in data.splitlines()]
                except ValueError:
                    data = b""
                if not data.endswith(b"\n"):
                    bad.append(os.path.join(d, n))
    for d, _, names in os.walk(p.path("state-A")):
        bad += [n for n in names if n.endswith(".seen") and os.path.getsize(os.path.join(d, n)) % 32]
    return bad


def starve(t, folder):
    """All that A writes, and what B delivers to it, on a disk whose room grows by a page whenever nothing moved."""
    disk = Disk(os.path.join(folder, "small"), 400)
    for name in ("a", "state-A", "work"):
        os.makedirs(os.path.join(disk.path, name), 0o700)
        os.symlink(os.path.join("small", name), os.path.join(folder, name))
    p, sums = pair(folder)
    met, unnamed, other, bad, pages, before, ends = {}, set(), set(), [], 0, None, {}
    for _ in range(600):
        disk.room(pages)
        for side, more in (("A", ()), ("B", ("--work-dir", folder))):
            rc, stage, said = look(p, side, *more)
            ends[side] = (rc, stage)
            if NO_ROOM in said:
                met.setdefault(side, set()).add(stage)
                if not NAMED.search(said):
                    unnamed.add(said)
            if rc not in (0, 75) or (rc == 75 and NO_ROOM not in said and not said.endswith(" of the peer")):
                other.add("%s: %d %s" % (side, rc, said))
        bad += half_written(p)
        if all(rc == 0 for rc, _ in ends.values()):
            break
        pages = pages + 1 if ends == before else 0
        before = dict(ends)
    t.is_((ends, sorted(met.get("A", ()) - {"start"})), ({s: (0, "publish") for s in "AB"}, sorted(STAGES)), "every stage of A met a full disk, and both servers come to their ends")
    t.ok("verify1" in met.get("B", ()), "a peer whose disk is full is waited for, too")
    t.is_(sorted(unnamed), [], "each error names its file")
    t.is_(sorted(other), [], "nothing else is said, and no other status than 75")
    t.is_(bad, [], "no object is half of one")
    t.is_([p.result("A")["payload"], p.result("B")["payload"]], [sums, sums], "the sums are those of all answers")
    t.is_((p.result("A")["error"], p.result("A")["total"]), (0, PARTS * RECORDS), "each counted once")


def no_work(t, folder):
    """The folder of files without a name alone."""
    disk = Disk(os.path.join(folder, "small"), 64)
    p, sums = pair(folder)
    said, ended = {}, {"A": 75, "B": 75}
    for _ in range(8):
        for side in (s for s in "AB" if ended[s] == 75):
            disk.room(0)
            rc, stage, why = look(p, side, "--work-dir", disk.path)
            if NO_ROOM in why:
                said.setdefault(stage, set()).add(rc)
                t.ok(NAMED.search(why), "%s of %s: %s" % (stage, side, why))
            disk.room(64)
            ended[side] = look(p, side, "--work-dir", disk.path)[0]
    t.is_((said, ended), ({s: {75} for s in STAGES}, {"A": 0, "B": 0}), "the work folder has no room: every stage says so")
    t.is_([p.result("A")["payload"], p.result("B")["payload"]], [sums, sums], "and each goes on when there is some")


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as folder:
        try:
            starve(t, os.path.join(folder, "starve"))
            no_work(t, os.path.join(folder, "work"))
        finally:
            subprocess.run(["umount", "-l", *glob.glob(os.path.join(folder, "*/small"))], check=True)
    t.done()


need_root()
if os.environ.get("PRIO_FULL_ALONE"):
    main()
elif subprocess.run(["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode:
    alone = Tap()
    alone.skip("prio1 on a full disk", "no tmpfs can be mounted here")
    alone.done()
else:
    os.environ["PRIO_FULL_ALONE"] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, os.path.abspath(__file__)])
