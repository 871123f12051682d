"""Ledger: what the clients know, apart from any row of the node."""
import collections
import threading
import time


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.accepted = {}          # key -> computation id
        self.refused = {}           # key -> why its lease did not admit it
        self.stored = {}            # name of an upload -> SHA-256 that was acknowledged
        self.removed = set()        # uploads whose removal was acknowledged
        self.cancelled = set()      # ids of jobs that an operator cancelled or may have
        self.broken = []            # promises seen broken while running
        self.answers = collections.Counter()    # what calls met: status and code, or the name of an exception
        self.strikes = collections.Counter()    # fault -> how often it hit something
        self.hits = []              # (wall clock, fault, target)
        self.idle = collections.Counter()       # fault -> how often it found no target
        self.kills = 0              # hits that ended a process

    def accept(self, key, comp):
        """An accepted submit: every answer for one key must name one computation."""
        with self.lock:
            first = self.accepted.setdefault(key, comp)
            if first != comp:
                self.broken.append("%s was answered with %s and with %s" % (key, first, comp))

    def refuse(self, key, why):
        with self.lock:
            if key in self.accepted:
                self.broken.append("%s was accepted and then refused: %s" % (key, why))
            self.refused[key] = why

    def met(self, answer):
        with self.lock:
            self.answers[answer] += 1

    def wrong(self, what):
        with self.lock:
            self.broken.append(what)

    def hit(self, name, target, kills):
        with self.lock:
            self.strikes[name] += 1
            self.hits.append((time.time(), name, target))
            self.kills += kills

    def missed(self, name):
        with self.lock:
            self.idle[name] += 1

    def pids(self, *faults):
        return {t for _, name, t in self.hits if name in faults}
