#!/usr/bin/python3
"""Kills on both nodes amid uploads and collections: every acknowledged report is in its sum exactly once, and none is stuck.

usage: aggregate_storm.py [KILLS [SEED [REPORTS]]]      (200, 1, 1000)

Two nodes of real parts, and twenty tasks at a time: Count, Histogram and SumVec whose reports lie in segments, intervals of three buckets and
batches of fixed size, both profiles, each node leading a half of them.  REPORTS of each are uploaded, a tenth of them twice, a hundredth with a
ciphertext that the helper, or the leader, cannot open; some clients give up after one try (agg_tracks.py).  What is struck, and where, is drawn:
forks, runners and workers, processes of the front, nginx, connections, backends and whole database servers, a whole node (agg_faults.py).
When all kills are done and every collection has its answer, the audit (agg_audit.py).
How long anything may take is no part of it: a storm ends when all is collected, or when nothing has moved for a long time.
"""
import concurrent.futures
import contextlib
import os
import random
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from agg_audit import Audit  # noqa: E402
from agg_faults import Hand  # noqa: E402
from agg_tracks import Track, shapes, vdaf  # noqa: E402
from dap import Clients, Pair  # noqa: E402
from harness import Tap, need_root  # noqa: E402

CLIENTS = 6
AHEAD = 0.05            # kills may be that much further than the work
STILL_S = 300           # nothing has moved for so long on an idle machine: what is left is stuck
# so that segments are many, move to the blob store and go while the storm lasts, and keys change
CONF = {"segment_ms": 3000}
SETTINGS = {"agg_seal_after_s": 5, "agg_segment_ttl_s": 20, "agg_key_s": 60, "agg_key_propagation_s": 1}


class Storm:
    def __init__(self, pair, seed, reports):
        self.pair, self.draw, self.reports = pair, random.Random(seed), reports
        self.clients, self.hand = Clients(pair.dir), Hand(pair, self.draw)
        self.stop, self.tracks = threading.Event(), []

    def more(self):
        """Another twenty tasks, before anything of them is under way."""
        made = []
        for shape, profile, leader in shapes():
            task = self.pair.task(vdaf(shape, profile), profile, batch=shape.batch, leader=self.pair.nodes[leader])
            made.append(Track(task, shape, self.clients, self.draw, self.reports))
        self.draw.shuffle(made)
        self.tracks += made
        return made

    def share(self):
        """How far all tasks are: halfway when their reports are sent, and the rest when they are collected."""
        return sum(x.asked / x.requests + x.done for x in self.tracks) / 2 / len(self.tracks)

    def kills(self):
        return sum(self.hand.hit.values())

    def moved(self):
        """Whatever tells that something goes on."""
        rows = [()]
        with contextlib.suppress(RuntimeError):
            rows = [n.rows("SELECT sum(n) FROM core.agg_counter UNION ALL SELECT count(*) FROM core.agg_job WHERE state = 'done'") for n in self.pair.nodes]
        return [len(x.must) + len(x.may) for x in self.tracks], [len(x.got) for x in self.tracks], rows

    def say(self):
        print("# %d kills, %d of %d tasks, %d collections" % (
            self.kills(), sum(x.done for x in self.tracks), len(self.tracks), sum(len(x.got) for x in self.tracks)), flush=True)

    def blow(self, kills, pool):
        """As many kills as were asked for, spread over the whole of what twenty tasks do, however fast this machine is; and twenty tasks more when
        those are done."""
        work = []
        while self.kills() < kills:
            if all(w.done() for w in work):
                work += [pool.submit(x.play, self.stop) for x in self.more()]
            time.sleep(self.draw.uniform(0.02, 0.5))        # pause: the moment of the next kill is drawn
            if self.kills() < kills * (self.share() + AHEAD):
                self.hand.strike()
                if self.kills() % 20 == 0:
                    self.say()
        return work

    def settle(self, work):
        """All of it done, or nothing has moved for a long time, longer where many wait for the same processors."""
        last, since = None, time.monotonic()
        while not all(w.done() for w in work):
            concurrent.futures.wait(work, 5)
            for n in self.pair.nodes:
                self.hand.revive(n)
            now = self.moved()
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > STILL_S * max(1, os.getloadavg()[0] / os.cpu_count()):
                return


def prepare(pair):
    for n in pair.nodes:
        n.psql("".join("UPDATE core.setting SET value = '%d' WHERE name = '%s';" % (v, k) for k, v in SETTINGS.items()))


def main():
    need_root()
    kills, seed, reports = (int(x) for x in (sys.argv[1:] + ["200", "1", "1000"][len(sys.argv) - 1:]))
    t = Tap()
    t.diag("seed %d" % seed)
    with Pair("agg-storm", conf=CONF) as pair, concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        prepare(pair)
        s, work, began = Storm(pair, seed, reports), [], time.monotonic()
        try:
            work = s.blow(kills, pool)
            blown = time.monotonic()
            s.settle(work)
        finally:
            s.stop.set()
        for w in work:
            with contextlib.suppress(TimeoutError):
                w.result()
        t.diag("%d kills in %.0f s, %d reports sent, the last collection %.0f s later; %s" % (
            s.kills(), blown - began, sum(len(x.sent) for x in s.tracks), time.monotonic() - blown,
            dict(("%s %s" % k, v) for k, v in sorted(s.hand.hit.items()))))
        with t.case("the audit"):
            Audit(t, s.tracks, s.hand).run()
    t.done()


if __name__ == "__main__":
    main()
