"""Ledger: what the clients know, apart from any row of the node."""
import collections
import threading


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.accepted = {}          # key -> computation id
        self.broken = []            # promises seen broken while running
        self.answers = collections.Counter()    # what calls met: status and code, or the name of an exception
        self.strikes = collections.Counter()    # fault -> how often it hit something
        self.hits = []              # (monotonic time, fault, target)
        self.idle = collections.Counter()       # fault -> how often it found no target

    def accept(self, key, comp):
        """An accepted submit: every answer for one key must name one computation."""
        with self.lock:
            first = self.accepted.setdefault(key, comp)
            if first != comp:
                self.broken.append("%s was answered with %s and with %s" % (key, first, comp))

    def met(self, answer):
        with self.lock:
            self.answers[answer] += 1

    def wrong(self, what):
        with self.lock:
            self.broken.append(what)

    def hit(self, when, name, target):
        with self.lock:
            self.strikes[name] += 1
            self.hits.append((when, name, target))

    def missed(self, name):
        with self.lock:
            self.idle[name] += 1
