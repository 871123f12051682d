"""Agenda: things to do at their times, taken by any number of threads."""
import heapq
import itertools
import threading
import time


class Agenda:
    def __init__(self):
        self.start = time.monotonic()
        self.cond = threading.Condition()
        self.heap, self.busy, self.failed = [], 0, []
        self.order = itertools.count()
        self.closed = False

    def now(self):
        return time.monotonic() - self.start

    def at(self, when, fn, *args):
        with self.cond:
            heapq.heappush(self.heap, (when, next(self.order), fn, args))
            self.cond.notify()

    def after(self, seconds, fn, *args):
        self.at(self.now() + seconds, fn, *args)

    def take(self):
        """The next thing that is due, or None when nothing is left and nobody may add more."""
        with self.cond:
            while True:
                if self.closed or (not self.heap and self.busy == 0):
                    self.cond.notify_all()
                    return None
                wait = self.heap[0][0] - self.now() if self.heap else None
                if wait is not None and wait <= 0:
                    self.busy += 1
                    return heapq.heappop(self.heap)
                self.cond.wait(wait)

    def work(self):
        while True:
            item = self.take()
            if item is None:
                return
            try:
                item[2](*item[3])
            except Exception as e:      # kept for the report; the others go on
                self.failed.append("%s: %s: %s" % (item[2].__name__, type(e).__name__, e))
            finally:
                with self.cond:
                    self.busy -= 1
                    self.cond.notify_all()

    def run(self, threads):
        """Start that many workers; join them with .join()."""
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(threads)]
        for t in self.threads:
            t.start()

    def join(self, timeout):
        end = time.monotonic() + timeout
        for t in self.threads:
            t.join(max(0, end - time.monotonic()))
        return not any(t.is_alive() for t in self.threads)

    def close(self):
        with self.cond:
            self.closed = True
            self.cond.notify_all()
