"""Plan: what will be submitted and what will be broken, drawn from one seed.

The same seed, jobs, kills and seconds give the same plan; which instruction a fault hits is the
machine's business.  Times are seconds from the start of the faults.
"""
import dataclasses
import hashlib
import random

# (shape, weight): how a script behaves and so how its job may end.
SHAPES = (("plain", 30), ("raise", 10), ("exit", 5), ("sleep", 15), ("small", 15), ("big", 12), ("noise", 5),
          ("cancel", 4), ("race", 4))
SCRIPTS = {
    "plain": "print({key!r})",
    "raise": "print({key!r}, flush=True)\nraise ValueError('planned')",
    "exit": "print({key!r}, flush=True)\nraise SystemExit(3)",
    "sleep": "import time\ntime.sleep({sleep})\nprint({key!r})",
    "small": "print({key!r})\nopen('/out/a.txt', 'w').write({key!r} * 20)",
    "big": "print({key!r})\nopen('/out/a.txt', 'w').write({key!r} * 6000)\nopen('/out/b.txt', 'w').write({key!r})",
    "noise": "import os\nprint({key!r})\nopen('/out/r.bin', 'wb').write(os.urandom(100000))",
    "cancel": "import time\nprint({key!r}, flush=True)\ntime.sleep(300)",
    "race": "import time\ntime.sleep(0.05)\nprint({key!r})",
}
ENDS = {
    "raise": {("failed", "EXCEPTION")},
    "exit": {("failed", "NONZERO_EXIT")},
    "cancel": {("cancelled", "CANCELLED")},
    "race": {("completed", ""), ("cancelled", "CANCELLED")},
}
COMPLETED = {("completed", "")}
# Short pauses go unnoticed, middle ones miss a beat, long ones pass the time to live (20 s).
PAUSES = (1, 3, 9, 23)


@dataclasses.dataclass(frozen=True)
class Script:
    """One computation: submitted at `at`, with this key for idempotency and in its output."""
    key: str
    shape: str
    at: float
    sleep: float
    replay: float           # the same submit again after this; 0: never
    drop: bool              # the first try hangs up before the answer
    cancel: float           # cancelled this long after it was accepted; 0: never

    @property
    def code(self):
        return SCRIPTS[self.shape].format(key=self.key, sleep=self.sleep)

    @property
    def ends(self):
        return ENDS.get(self.shape, COMPLETED)

    @property
    def output(self):
        return self.key + "\n"

    @property
    def files(self):
        """name -> SHA-256 in hex, or None for bytes that only the script knows."""
        text = {"small": {"a.txt": self.key * 20}, "big": {"a.txt": self.key * 6000, "b.txt": self.key}}.get(self.shape, {})
        out = {n: hashlib.sha256(v.encode()).hexdigest() for n, v in text.items()}
        return {"r.bin": None} if self.shape == "noise" else out


@dataclasses.dataclass(frozen=True)
class Noops:
    """Some system.noop jobs that SQL submits in one transaction."""
    seed: int
    batch: int
    at: float
    count: int
    sleep_ms: int


@dataclasses.dataclass(frozen=True)
class Strike:
    """One fault: which, when, on which of its possible targets, for how long."""
    at: float
    name: str
    pick: float             # 0..1: position in the list of targets
    hold: float             # seconds, for faults that last


class Plan:
    def __init__(self, seed, jobs, kills, seconds, faults, compute_share=0.1):
        r = random.Random(seed)
        self.seed, self.jobs, self.kills, self.seconds = seed, jobs, kills, seconds
        n = max(1, round(jobs * compute_share))
        self.scripts = [self.script(r, seed, i, seconds * i / n) for i in range(n)]
        self.noops = []
        left = jobs - n
        size = max(1, min(100, left // max(1, int(seconds * 2))))
        while left > 0:
            self.noops.append(Noops(seed, len(self.noops), 0.0, min(size, left), r.choice((0, 0, 0, 1, 20))))
            left -= size
        self.noops = [dataclasses.replace(b, at=seconds * b.batch / len(self.noops)) for b in self.noops]
        self.strikes = sorted((self.strike(r, seconds, faults) for _ in range(kills)), key=lambda s: s.at)

    @staticmethod
    def script(r, seed, i, at):
        shape = r.choices([s for s, _ in SHAPES], [w for _, w in SHAPES])[0]
        cancel = {"cancel": r.uniform(0.01, 3), "race": r.uniform(0.01, 0.2)}.get(shape, 0)
        return Script("k%d-%d" % (seed, i), shape, at, round(r.uniform(0.2, 1.5), 2),
                      r.uniform(0.1, 5) if r.random() < 0.15 else 0, r.random() < 0.1, cancel)

    @staticmethod
    def strike(r, seconds, faults):
        at = r.uniform(0.2, seconds)
        name = r.choices([f.name for f in faults], [f.weight for f in faults])[0]
        return Strike(at, name, r.random(), r.choice([p for p in PAUSES if p <= max(1, seconds / 2)]))
